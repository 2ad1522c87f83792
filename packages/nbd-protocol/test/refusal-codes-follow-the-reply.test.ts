import { NbdOptionRefusedError, optionReplyName } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';

test.each([
  [0x80000001, 'NBD_UNSUPPORTED', 'NBD_REP_ERR_UNSUP'],
  [0x80000002, 'NBD_POLICY', 'NBD_REP_ERR_POLICY'],
  [0x80000003, 'NBD_OPTION_INVALID', 'NBD_REP_ERR_INVALID'],
  [0x80000004, 'NBD_PLATFORM', 'NBD_REP_ERR_PLATFORM'],
  [0x80000005, 'NBD_TLS_REQUIRED', 'NBD_REP_ERR_TLS_REQD'],
  [0x80000006, 'NBD_EXPORT_UNKNOWN', 'NBD_REP_ERR_UNKNOWN'],
  [0x80000007, 'NBD_SHUTDOWN', 'NBD_REP_ERR_SHUTDOWN'],
  [0x80000008, 'NBD_BLOCK_SIZE_REQUIRED', 'NBD_REP_ERR_BLOCK_SIZE_REQD'],
  [0x80000009, 'NBD_TOO_BIG', 'NBD_REP_ERR_TOO_BIG'],
  [0x8000000a, 'NBD_EXTENDED_HEADERS_REQUIRED', 'NBD_REP_ERR_EXT_HEADER_REQD'],
  [0x8000000b, 'NBD_OPTION_REFUSED', 'reply 0x8000000b'],
])('reply %i is %s', (reply, code, name) => {
  const error = new NbdOptionRefusedError({ option: 7, reply });
  expect(error).toMatchObject({ code, fault: 'server', reply, serverText: '', operation: 'NBD_OPT_GO' });
  expect(error.message).toContain(`(${name})`);
  expect(optionReplyName(reply)).toBe(name);
  expect('exportName' in error).toBe(false);
});
