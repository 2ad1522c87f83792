import type { CompareResults } from '../compare/compare-results.js';
import { jsonDocument } from './json-document.js';

export function compareJson(results: CompareResults): string {
  const { config, server, loads, skipped, failure, interrupted } = results;
  return jsonDocument({
    ...{ config, server, loads, skipped: skipped.map(({ name }) => name) },
    ...(failure === undefined ? {} : { error: failure }),
    ...(interrupted ? { interrupted } : {}),
  });
}
