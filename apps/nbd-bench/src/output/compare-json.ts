import type { CompareResults } from '../compare/compare-results.js';
import { jsonDocument } from './json-document.js';

export function compareJson({ config, server, loads, skipped, interrupted }: CompareResults): string {
  return jsonDocument({ config, server, loads, skipped, ...(interrupted ? { interrupted } : {}) });
}
