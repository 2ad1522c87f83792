import { fio } from './fio.js';
import { Nbdcopy } from './nbdcopy.js';
import { QemuImg } from './qemu-img.js';
import { rawLoop } from './raw-loop.js';
import type { Rival } from './rival.js';

export const RIVAL_NAMES = ['fio', 'qemu-img', 'nbdcopy', 'raw-loop'] as const;
export type RivalName = (typeof RIVAL_NAMES)[number];

/** Those of these names, which have measured nothing yet. */
export function newRivals(names: readonly RivalName[]): Rival[] {
  const all: Record<RivalName, () => Rival> = {
    fio: () => fio,
    'qemu-img': () => new QemuImg(),
    nbdcopy: () => new Nbdcopy(),
    'raw-loop': () => rawLoop,
  };
  return names.map((name) => all[name]());
}
