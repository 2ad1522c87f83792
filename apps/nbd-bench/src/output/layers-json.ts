import type { LayersResults } from '../layers/layers-results.js';
import { jsonDocument } from './json-document.js';
import { toThousandths } from './to-thousandths.js';

export function layersJson({ config, machine, layers, interrupted }: LayersResults): string {
  const rounded = layers.map(({ layer, groups }) => ({
    layer,
    groups: groups.map((group) => ({
      ...group,
      rows: group.rows.map((row) => ({
        ...row,
        value: toThousandths(row.value),
        ratio: orNull(row.ratio),
        minRatio: orNull(row.minRatio),
        maxRatio: orNull(row.maxRatio),
      })),
    })),
  }));
  return jsonDocument({ config, machine, layers: rounded, ...(interrupted ? { interrupted } : {}) });
}

function orNull(ratio: number | null): number | null {
  return ratio === null ? null : toThousandths(ratio);
}
