import type { RunResults } from '../run/results.js';
import { jsonDocument } from './json-document.js';

export function runJson({ config, server, jobs, totals, failure, interrupted }: RunResults): string {
  const { name: exportName, ...info } = server.info;
  const { uri, embedded } = server;
  return jsonDocument({
    config,
    server: { uri, embedded, exportName, ...info },
    jobs,
    totals,
    ...(failure === undefined ? {} : { error: failure }),
    ...(interrupted ? { interrupted } : {}),
  });
}
