import { type ExportFacts, type ExportInfo, exportInfoFromFlags } from '@coaio/nbd-protocol';

export function exportInfo(facts: Partial<ExportFacts> = {}): ExportInfo {
  return exportInfoFromFlags({ name: 'disk', size: 2n ** 20n, flags: 0, ...facts });
}
