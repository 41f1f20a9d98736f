/* SPDX-License-Identifier: Apache-2.0
 * Knows what mod_status shows of this module. Must not know how it is counted. */

#ifndef MSS_STATUS_H
#define MSS_STATUS_H

/** Registers for the hook of mod_status, which may be loaded or not. */
void mss_status_register(void);

#endif
