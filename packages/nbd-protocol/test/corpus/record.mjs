// Records real sessions for the fuzz test: what real servers say to our handshakes and requests, and what real
// clients say to a real server. Needs qemu-utils, nbdkit, nbd-server and libnbd-bin. Build first, then run it in
// this folder: node record.mjs. What it writes is kept in the repository, so that everybody fuzzes the same bytes.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import {
  ClientHandshake,
  encodeRequest,
  NBD_CMD_BLOCK_STATUS,
  NBD_CMD_FLAG_DF,
  NBD_CMD_FLUSH,
  NBD_CMD_READ,
  NBD_CMD_WRITE_ZEROES,
  NEED_MORE,
  newRequestHeader,
} from '../../dist/index.js';

const folder = mkdtempSync(`${tmpdir()}/nbd-corpus-`);
const image = `${folder}/disk.qcow2`;
const raw = `${folder}/disk.raw`;
const socket = `${folder}/server.sock`;
const BITMAP = 'qemu:dirty-bitmap:monday';

execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', image, '1M']);
execFileSync('qemu-img', ['bitmap', '--add', image, 'monday']);
execFileSync('qemu-io', ['-c', 'write -P 7 64k 1k', '-c', 'write -z 256k 64k', image]);
execFileSync('qemu-img', ['create', '-q', '-f', 'raw', raw, '64k']);

const qemu = ['qemu-nbd', '-t', '-k', socket, '-x', 'disk', '-D', 'a test disk', '-B', 'monday', '-A', image];
const nbdkit = ['nbdkit', '-f', '-U', socket, '-e', 'disk'];
const config = `${folder}/nbd-server.conf`;
writeFileSync(config, `[generic]\nunixsock = ${socket}\nallowlist = true\n[disk]\nexportname = ${raw}\n`);
const original = ['nbd-server', '-d', '-C', config, '-p', `${folder}/pid`];

const contexts = ['base:allocation', 'qemu:allocation-depth', BITMAP];
/** @type {[string, string[], import('../../dist/index.js').ClientHandshakeOptions][]} */
const servers = [
  ['qemu-nbd-go', qemu, { goal: 'go', exportName: 'disk', metaContexts: contexts }],
  ['qemu-nbd-simple', qemu, { goal: 'go', exportName: 'disk', structuredReplies: false }],
  ['qemu-nbd-list', qemu, { goal: 'list' }],
  ['qemu-nbd-refused', qemu, { goal: 'go', exportName: 'missing' }],
  ['qemu-nbd-info', qemu, { goal: 'info', exportName: 'disk', metaContexts: contexts }],
  ['nbdkit-go', [...nbdkit, 'data', '1 2 3 @1024 4'], { goal: 'go', metaContexts: contexts }],
  ['nbdkit-list', [...nbdkit, 'memory', '64k'], { goal: 'list' }],
  ['nbdkit-masked', [...nbdkit, '--mask-handshake=0', 'memory', '64k'], { goal: 'go' }],
  ['nbdkit-oldstyle', [...nbdkit, '-o', 'memory', '64k'], { goal: 'go' }],
  ['nbdkit-failing', [...nbdkit, '--filter=error', 'memory', '64k', 'error-rate=1'], { goal: 'go' }],
  ['nbd-server-go', original, { goal: 'go', exportName: 'disk' }],
  ['nbd-server-list', original, { goal: 'list' }],
];
for (const [name, command, options] of servers) {
  await withServer(command, async () => {
    const bytes = await talk(options);
    writeFileSync(`${name}.server.bin`, bytes);
    writeFileSync(`${name}.server.json`, `${JSON.stringify(options)}\n`);
  });
}

const proxy = `${folder}/proxy.sock`;
const uri = `nbd+unix:///disk?socket=${proxy}`;
for (const [name, command] of /** @type {[string, string[]][]} */ ([
  ['nbdinfo', ['nbdinfo', '--json', uri]],
  ['nbdinfo-list', ['nbdinfo', '--list', uri]],
  ['nbdinfo-map', ['nbdinfo', `--map=${BITMAP}`, uri]],
  ['nbdcopy', ['nbdcopy', '--request-size=65536', uri, `${folder}/copy`]],
  ['qemu-img', ['qemu-img', 'convert', '-f', 'raw', '-O', 'raw', uri, `${folder}/converted`]],
  ['qemu-io', ['qemu-io', '-f', 'raw', '-c', 'write -f 0 1k', '-c', 'discard 4k 4k', '-c', 'flush', uri]],
])) {
  await withServer(qemu, async () => writeFileSync(`${name}.client.bin`, await overhear(command)));
}
rmSync(folder, { recursive: true });

/** @param {string[]} command @param {() => Promise<void>} use */
async function withServer(command, use) {
  rmSync(socket, { force: true });
  const server = spawn(/** @type {string} */ (command[0]), command.slice(1), { stdio: 'inherit' });
  const gone = new Promise((resolve) => server.on('exit', resolve));
  while (!existsSync(socket)) await new Promise((resolve) => setTimeout(resolve, 20));
  await use();
  server.kill();
  await gone;
}

/**
 * Negotiates, sends some requests, leaves. Returns what the server said, at most 8 KiB.
 * @param {import('../../dist/index.js').ClientHandshakeOptions} options
 * @returns {Promise<Buffer>}
 */
function talk(options) {
  return new Promise((resolve) => {
    const handshake = new ClientHandshake(options);
    const connection = net.connect(socket);
    /** @type {Buffer[]} */
    const heard = [];
    connection.on('data', (bytes) => {
      heard.push(bytes);
      if (handshake.finished) return;
      handshake.receive(bytes);
      for (;;) {
        const event = handshake.nextEvent();
        const outgoing = handshake.takeOutgoing();
        if (outgoing.length > 0) connection.write(outgoing);
        if (event === NEED_MORE) break;
        if (event.type === 'ready') connection.write(requests(event));
      }
      // The answers are out long before; a server may drop them on NBD_CMD_DISC.
      if (handshake.finished) setTimeout(() => connection.destroy(), 300);
    });
    connection.on('error', () => {});
    connection.on('close', () => resolve(Buffer.concat(heard).subarray(0, 8192)));
  });
}

/** @param {{ structuredReplies: boolean, metaContexts: readonly unknown[] }} ready */
function requests({ structuredReplies, metaContexts }) {
  const wanted = [
    { type: NBD_CMD_READ, length: 512, offsetLow: 65536 - 512 },
    { type: NBD_CMD_READ, length: 1024, offsetLow: 0 },
    ...(structuredReplies ? [{ type: NBD_CMD_READ, length: 512, flags: NBD_CMD_FLAG_DF }] : []),
    ...(metaContexts.length > 0 ? [{ type: NBD_CMD_BLOCK_STATUS, length: 65536 }] : []),
    { type: NBD_CMD_READ, length: 512, offsetHigh: 1 },
    { type: NBD_CMD_WRITE_ZEROES, length: 512 },
    { type: NBD_CMD_FLUSH },
  ];
  const view = new DataView(new ArrayBuffer(wanted.length * 28));
  let at = 0;
  for (const [cookieLow, request] of wanted.entries()) {
    at = encodeRequest(view, at, { ...newRequestHeader(), cookieLow, ...request });
  }
  return new Uint8Array(view.buffer);
}

/**
 * Runs a client through a proxy. Returns what its first connection said, at most 8 KiB.
 * @param {string[]} command
 * @returns {Promise<Buffer>}
 */
async function overhear(command) {
  /** @type {Buffer[][]} */
  const sessions = [];
  const server = net.createServer((client) => {
    /** @type {Buffer[]} */
    const said = [];
    sessions.push(said);
    const upstream = net.connect(socket);
    client.on('data', (bytes) => said.push(bytes));
    client.pipe(upstream);
    upstream.pipe(client);
    for (const end of [client, upstream]) end.on('error', () => {});
  });
  await new Promise((resolve) => server.listen(proxy, () => resolve(undefined)));
  const client = spawn(/** @type {string} */ (command[0]), command.slice(1), { stdio: 'ignore' });
  await new Promise((resolve) => client.on('exit', resolve));
  await new Promise((resolve) => server.close(resolve));
  const longest = sessions.map((said) => Buffer.concat(said)).sort((a, b) => b.length - a.length)[0];
  return (longest ?? Buffer.alloc(0)).subarray(0, 8192);
}
