# SPDX-License-Identifier: GPL-2.0
# make help says what there is.

VERSION := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
KDIR ?= /lib/modules/$(shell uname -r)/build
PREFIX ?= /usr/local
DKMS_SOURCE = $(DESTDIR)/usr/src/ctwatch-$(VERSION)

.PHONY: all module tool install dkms dkms-remove install-dkms-source dist deb clean demo check check-all bench help

all: module tool

module:
	@test -e "$(KDIR)/Makefile" || { \
		echo "No kernel headers in $(KDIR)." >&2; \
		echo "Install them (Debian: apt-get install linux-headers-$$(dpkg --print-architecture)) or give KDIR=..." >&2; \
		exit 1; }
	$(MAKE) -C "$(KDIR)" M="$(CURDIR)" modules

tool:
	$(MAKE) -C tool

install: module tool
	$(MAKE) -C "$(KDIR)" M="$(CURDIR)" $(if $(DESTDIR),INSTALL_MOD_PATH="$(DESTDIR)" DEPMOD=true) \
		modules_install
	$(MAKE) -C tool install PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)"

dkms:
	@packaging/make-dkms install

dkms-remove:
	@packaging/make-dkms remove

# Where dkms looks for it; packages install it so, too.
install-dkms-source:
	@for file in Kbuild dkms.conf $$(find module -name '*.[ch]' -o -name '*.mk'); do \
		install -D -m 0644 "$$file" "$(DKMS_SOURCE)/$$file" || exit; \
	done

dist:
	@packaging/make-dist

deb:
	@packaging/make-deb

clean:
	[ ! -e "$(KDIR)/Makefile" ] || $(MAKE) -C "$(KDIR)" M="$(CURDIR)" clean
	$(MAKE) -C tool clean
	rm -rf build/dist build/deb

demo:
	@tests/demo/demo

check:
	@tests/check

check-all:
	@tests/check -a

bench:
	@tests/bench/run

help:
	@echo "make                 the module for the running kernel, and the tool"
	@echo "make KDIR=DIR        the module for the kernel whose headers are in DIR"
	@echo "make install         both into this host (PREFIX=$(PREFIX) for the tool)"
	@echo "make dkms            the module into DKMS, for this kernel (or KERNEL=RELEASE) and later ones"
	@echo "make dkms-remove     and out of it"
	@echo "make deb             the packages ctwatch-dkms and ctmodctl, in build/deb"
	@echo "make dist            the sources as one file, in build/dist, for other packagers"
	@echo "make demo            a table fills in a virtual machine, and who did it is said"
	@echo "make check           the tests, 15 minutes once prepared; ends with N passed, N failed, N skipped"
	@echo "make check-all       every test on every kernel, and from nothing: hours"
	@echo "make bench           what it costs, and how early a line comes; see build/bench"
	@echo "make clean"
	@echo
	@echo "demo, check and bench need root, install what they need and load nothing into"
	@echo "this host: sudo make check"
