// Preloaded: once the embedded server's process begins, it does what a terminal does for Ctrl-C, a SIGINT to the parent's whole group.
if (process.argv[1]?.endsWith('server-process.js')) process.kill(-process.ppid, 'SIGINT');
