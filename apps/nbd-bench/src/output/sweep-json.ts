import type { SweepResults } from '../sweep/sweep-results.js';
import { jsonDocument } from './json-document.js';

export function sweepJson({ config, server, points, best, firstError, interrupted }: SweepResults): string {
  const { name: exportName, ...info } = server.info;
  return jsonDocument({
    config,
    server: { uri: server.uri, embedded: server.embedded, exportName, ...info },
    points,
    best,
    ...(firstError === undefined ? {} : { error: firstError }),
    ...(interrupted ? { interrupted } : {}),
  });
}
