/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_FAMILY_H
#define CTW_FAMILY_H

int ctw_family_start(void);
void ctw_family_stop(void);

#endif
