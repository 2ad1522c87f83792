import { FileExport } from '../exports/file-export.js';
import { MemoryExport } from '../exports/memory-export.js';
import type { NbdBackend } from '../exports/nbd-backend.js';
import { NullExport } from '../exports/null-export.js';
import { OverlayExport } from '../exports/overlay-export.js';
import type { NbdServer } from '../nbd-server.js';
import type { Disk, ServePlan } from './serve-plan.js';

/** Adds what `plan` names to `server`. @throws what a file cannot be opened for; NbdUsageError. */
export async function openExports(server: NbdServer, plan: ServePlan): Promise<void> {
  const { readOnly, overlay } = plan;
  for (const [name, disk] of plan.exports) {
    const backend = await open(disk, readOnly || overlay);
    server.addExport(name, overlay ? new OverlayExport(backend) : backend, { readOnly });
  }
}

async function open(disk: Disk, readOnly: boolean): Promise<NbdBackend> {
  if ('memory' in disk) return new MemoryExport(disk.memory);
  if ('null' in disk) return new NullExport(disk.null);
  return await FileExport.open(disk.file, { readOnly });
}
