import { fio } from './fio.js';
import { Nbdcopy } from './nbdcopy.js';
import { QemuImg } from './qemu-img.js';
import { RawLoop } from './raw-loop.js';
import type { Rival } from './rival.js';

export const RIVAL_NAMES = ['fio', 'qemu-img', 'nbdcopy', 'raw-loop', 'raw-loop-structured'] as const;
export type RivalName = (typeof RIVAL_NAMES)[number];

const RIVALS: Readonly<Record<RivalName, () => Rival>> = {
  fio: () => fio,
  'qemu-img': () => new QemuImg(),
  nbdcopy: () => new Nbdcopy(),
  'raw-loop': () => new RawLoop('raw-loop', 'simple'),
  'raw-loop-structured': () => new RawLoop('raw-loop-structured', 'structured'),
};

/** One of that name, which has measured nothing yet. */
export function newRival(name: RivalName): Rival {
  return RIVALS[name]();
}
