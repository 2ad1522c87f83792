import { safeText } from '../../bytes/safe-text.js';
import { readString } from '../../bytes/string.js';
import {
  NBD_INFO_BLOCK_SIZE,
  NBD_INFO_DESCRIPTION,
  NBD_INFO_EXPORT,
  NBD_INFO_NAME,
} from '../../constants/info-types.js';
import { optionName } from '../../constants/options.js';
import { NBD_FLAG_HAS_FLAGS } from '../../constants/transmission-flags.js';
import { NbdProtocolError } from '../../errors/protocol-error.js';
import { hex16 } from '../../errors/wire-literal.js';
import { type BlockSize, blockSizeViolation } from '../block-size.js';
import { type ExportInfo, exportInfoFromFlags, flagsFor, type NegotiatedForms } from '../export-info.js';
import type { OptionReply } from '../option-frame.js';

/**
 * What a server has said about an export so far. proto.md says that an information type SHOULD appear once, so a
 * repeated one is legal: the last wins. Types that we do not know MUST be ignored.
 */
export class CollectedInfo {
  #basics: { readonly size: bigint; readonly flags: number } | undefined;
  #name: string | undefined;
  #description: string | undefined;
  #blockSize: BlockSize | undefined;

  /** Whether NBD_INFO_EXPORT, the one mandatory type, has come. */
  get complete(): boolean {
    return this.#basics !== undefined;
  }

  /** An NBD_REP_INFO reply. */
  addReply({ option, data }: OptionReply): void {
    const operation = optionName(option);
    const view = new DataView(data.buffer, data.byteOffset, data.length);
    if (data.length < 2) throw badLength(operation, 'NBD_REP_INFO', data.length, 'at least 2');
    const type = view.getUint16(0);
    if (type === NBD_INFO_EXPORT) {
      if (data.length !== 12) throw badLength(operation, 'NBD_INFO_EXPORT', data.length, '12');
      this.setBasics(operation, view.getBigUint64(2), view.getUint16(10));
    } else if (type === NBD_INFO_NAME) {
      this.#name = readString(data.subarray(2), operation, 'export name');
    } else if (type === NBD_INFO_DESCRIPTION) {
      readString(data.subarray(2), operation, 'export description');
      this.#description = safeText(data.subarray(2));
    } else if (type === NBD_INFO_BLOCK_SIZE) {
      this.#setBlockSize(operation, view);
    }
  }

  /** Size and flags, from NBD_INFO_EXPORT or from the answer to NBD_OPT_EXPORT_NAME. */
  setBasics(operation: string, size: bigint, flags: number): void {
    if ((flags & NBD_FLAG_HAS_FLAGS) === 0) {
      const detail = `transmission flags ${hex16(flags)} without NBD_FLAG_HAS_FLAGS`;
      throw new NbdProtocolError('NBD_BAD_EXPORT_INFO', operation, detail);
    }
    this.#basics = { size, flags };
  }

  #setBlockSize(operation: string, view: DataView): void {
    if (view.byteLength !== 14) throw badLength(operation, 'NBD_INFO_BLOCK_SIZE', view.byteLength, '14');
    const blockSize = {
      minimum: view.getUint32(2),
      preferred: view.getUint32(6),
      maximum: view.getUint32(10),
    };
    const violation = blockSizeViolation(blockSize);
    if (violation !== undefined) throw new NbdProtocolError('NBD_BAD_EXPORT_INFO', operation, violation);
    this.#blockSize = blockSize;
  }

  /** The export under its canonical name where the server gave one, else under the name that was asked for. */
  toExportInfo(session: NegotiatedForms & { readonly exportName: string }): ExportInfo {
    if (this.#basics === undefined) throw new Error('export info is incomplete');
    const { size, flags } = this.#basics;
    return exportInfoFromFlags({
      name: this.#name ?? session.exportName,
      description: this.#description,
      size,
      flags: flagsFor(flags, session),
      blockSize: this.#blockSize,
    });
  }
}

function badLength(operation: string, what: string, length: number, expected: string): NbdProtocolError {
  const detail = `${what} of ${length} bytes, ${expected} needed`;
  return new NbdProtocolError('NBD_BAD_OPTION_REPLY', operation, detail);
}
