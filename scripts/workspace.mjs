// Brings the workspace to where a command can run: dependencies installed, packages built. Both steps are
// skipped when nothing changed since the last run. Everything it prints goes to stderr: stdout belongs to
// the command that follows.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
