# Uses each command and flag that the export says it has, looks at the bytes, and prints what it has seen as JSON.
import errno
import json
import random
import sys

import nbd

MIB = 2**20
told = {}
h = nbd.NBD()
h.set_uri_allow_local_file(True)
h.add_meta_context("base:allocation")
h.connect_uri(sys.argv[1])
size = h.get_size()
told["structured"] = h.get_structured_replies_negotiated()
told["tls"] = h.get_tls_negotiated()
assert h.can_fua() and h.can_flush() and h.can_df() and h.can_trim() and h.can_zero() and h.can_multi_conn()
assert h.can_meta_context("base:allocation")

data = random.Random(1).randbytes(MIB)
h.pwrite(data, 0, nbd.CMD_FLAG_FUA)
h.pwrite(data, 2 * MIB)
h.flush()
assert h.pread(MIB, 2 * MIB) == data


def structured(flags=0):
    kinds = {nbd.READ_DATA: "data", nbd.READ_HOLE: "hole", nbd.READ_ERROR: "error"}
    chunks = []

    def chunk(buffer, offset, status, error):
        chunks.append((offset, kinds[status]))

    assert h.pread_structured(3 * MIB, 0, chunk, flags) == data + bytes(MIB) + data
    return [kind for _, kind in sorted(chunks)]


told["read"] = structured()
told["unfragmented"] = structured(nbd.CMD_FLAG_DF)


def extents(offset, length, flags=0):
    found = []

    def extent(context, at, entries, error):
        assert context == "base:allocation"
        found.extend(zip(entries[::2], entries[1::2]))

    h.block_status(length, offset, extent, flags)
    return found


# A server may say less than it was asked: as often as it takes.
statuses, at = [], 0
while at < size:
    for length, status in extents(at, size - at):
        at += length
        if not statuses or statuses[-1] != status:
            statuses.append(status)
assert at == size
told["status"] = statuses
told["one"] = len(extents(0, size, nbd.CMD_FLAG_REQ_ONE))
assert sum(length for length, _ in extents(0, 4096, nbd.CMD_FLAG_REQ_ONE)) <= 4096

told["zeroed"] = []
for name in ["FUA", "NO_HOLE", "FAST_ZERO"]:
    if name == "FAST_ZERO" and not h.can_fast_zero():
        continue
    h.pwrite(data, 4 * MIB)
    h.zero(MIB - 1024, 4 * MIB + 512, getattr(nbd, "CMD_FLAG_" + name))
    assert h.pread(MIB, 4 * MIB) == data[:512] + bytes(MIB - 1024) + data[-512:]
    told["zeroed"].append(name)

h.pwrite(data, 6 * MIB)
h.trim(MIB // 2, 6 * MIB, nbd.CMD_FLAG_FUA)
assert h.pread(MIB // 2, 6 * MIB + MIB // 2) == data[MIB // 2 :]
if h.can_cache():
    h.cache(MIB, 0)

# What the library would refuse by itself, the server does, and the connection lives.
h.set_strict_mode(0)
told["errors"] = []
for call in (lambda: h.pread(512, size), lambda: h.pwrite(bytes(512), size), lambda: h.trim(512, size)):
    try:
        call()
        told["errors"].append(None)
    except nbd.Error as error:
        told["errors"].append(errno.errorcode[error.errnum])

# Deep, and in whatever order it answers.
offsets = random.Random(2).sample(range(0, MIB - 4096, 512), 64)
buffers = [nbd.Buffer(4096) for _ in offsets]
cookies = [h.aio_pread(buffer, offset) for buffer, offset in zip(buffers, offsets)]
while h.aio_in_flight() > 0:
    h.poll(-1)
assert all(buffer.to_bytearray() == data[at : at + 4096] for buffer, at in zip(buffers, offsets))
told["inFlight"] = len(cookies)

h.shutdown()
print(json.dumps(told))
