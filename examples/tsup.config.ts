import { defineConfig } from 'tsup';

// For Node before 22.18, which cannot run TypeScript.
export default defineConfig({
  entry: [
    'connect-over-tls.ts',
    'copy-export.ts',
    'incremental-backup.ts',
    'server-of-a-web-page.ts',
    'server-of-an-object.ts',
    'sparse-copy.ts',
  ],
  format: 'esm',
  target: 'node20',
  clean: true,
});
