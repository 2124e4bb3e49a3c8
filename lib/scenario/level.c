// SPDX-License-Identifier: GPL-2.0-only
#include "scenario/level.h"

unsigned int level_bits = 9;
