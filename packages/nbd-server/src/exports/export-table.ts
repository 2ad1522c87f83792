import {
  type ExportDirectory,
  type ExportInfo,
  type ExportListing,
  type MetaContextOffer,
  NbdUsageError,
} from '@coaio/nbd-protocol';
import type { NbdBackend } from './nbd-backend.js';
import { resizeServed, type ServedExport } from './served-export.js';

/** The exports of a server by name, as a handshake looks them up. '' finds the export of that name and no other. */
export class ExportTable implements ExportDirectory {
  readonly #exports = new Map<string, ServedExport>();
  /** Whose the information is that a handshake was given: an export that is resized has new one. */
  readonly #found = new WeakMap<ExportInfo, ServedExport>();

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
  get(name: string): ServedExport {
    const served = this.#exports.get(name);
    if (served !== undefined) return served;
    throw new NbdUsageError('NBD_EXPORT_UNKNOWN', `export "${name}"`, 'the server has none of that name');
  }

  /** @throws NbdUsageError `NBD_EXPORT_UNKNOWN`. */
  remove(name: string): ServedExport {
    const served = this.get(name);
    this.#exports.delete(name);
    return served;
  }

  /** @throws NbdUsageError `NBD_EXPORT_UNKNOWN`; `NBD_BAD_EXPORT`: what its backend says now is no size. */
  resize(name: string): void {
    resizeServed(this.get(name));
  }

  list(): readonly ExportListing[] {
    return [...this.#exports.values()].map(({ info }) => info);
  }

  find(name: string): ExportInfo | undefined {
    const served = this.#exports.get(name);
    if (served !== undefined) this.#found.set(served.info, served);
    return served?.info;
  }

  metaContexts(name: string): readonly MetaContextOffer[] {
    return this.#exports.get(name)?.statusContexts ?? [];
  }

  requiresTls(name: string): boolean {
    return this.#exports.get(name)?.tlsRequired === true;
  }

  /** What {@link find} has found. @throws Error: it was removed since. */
  served(info: ExportInfo): ServedExport {
    const served = this.#found.get(info);
    if (served === undefined || this.#exports.get(info.name) !== served) {
      throw new Error(`export "${info.name}" is not in the table`);
    }
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

  get all(): ServedExport[] {
    return [...this.#exports.values()];
  }

  uses(backend: NbdBackend): boolean {
    for (const served of this.#exports.values()) if (served.backend === backend) return true;
    return false;
  }
}
