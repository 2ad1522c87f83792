import {
  type ExportDirectory,
  type ExportInfo,
  type ExportListing,
  type MetaContextOffer,
  NbdUsageError,
} from '@coaio/nbd-protocol';
import type { NbdBackend } from './nbd-backend.js';
import type { ServedExport } from './served-export.js';

/** The exports of a server by name, as a handshake looks them up. '' finds the export of that name and no other. */
export class ExportTable implements ExportDirectory {
  readonly #exports = new Map<string, ServedExport>();

  /** @throws NbdUsageError `NBD_EXPORT_EXISTS`. */
  add(served: ServedExport): void {
    const { name } = served.info;
    if (this.#exports.has(name)) {
      throw new NbdUsageError(
        'NBD_EXPORT_EXISTS',
        `export "${name}"`,
        'the server has one of that name already',
      );
    }
    this.#exports.set(name, served);
  }

  /** @throws NbdUsageError `NBD_EXPORT_UNKNOWN`. */
  remove(name: string): ServedExport {
    const served = this.#exports.get(name);
    if (served === undefined) {
      throw new NbdUsageError('NBD_EXPORT_UNKNOWN', `export "${name}"`, 'the server has none of that name');
    }
    this.#exports.delete(name);
    return served;
  }

  list(): readonly ExportListing[] {
    return [...this.#exports.values()].map(({ info }) => info);
  }

  find(name: string): ExportInfo | undefined {
    return this.#exports.get(name)?.info;
  }

  metaContexts(name: string): readonly MetaContextOffer[] {
    return this.#exports.get(name)?.statusContexts ?? [];
  }

  requiresTls(name: string): boolean {
    return this.#exports.get(name)?.tlsRequired === true;
  }

  /** What {@link find} has found, in the same turn. */
  served(info: ExportInfo): ServedExport {
    const served = this.#exports.get(info.name);
    if (served?.info !== info) throw new Error(`export "${info.name}" is not in the table`);
    return served;
  }

  /** The name to put into a URI: the default export's, else that of the first. */
  get mainName(): string {
    if (this.#exports.has('')) return '';
    const [first = ''] = this.#exports.keys();
    return first;
  }

  get names(): string[] {
    return [...this.#exports.keys()];
  }

  uses(backend: NbdBackend): boolean {
    for (const served of this.#exports.values()) if (served.backend === backend) return true;
    return false;
  }
}
