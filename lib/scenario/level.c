// SPDX-License-Identifier: GPL-2.0-only
#include "level.h"

unsigned int level_bits = 9;
