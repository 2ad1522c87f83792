// Preloaded: sends the process a SIGINT so many turns of its event loop after it has begun to listen for them.
let left = Number(process.env['INTERRUPT_AFTER_TURNS']);

function turn() {
  if (left-- > 0) setImmediate(turn);
  else process.kill(process.pid, 'SIGINT');
}

process.on('newListener', (name) => {
  // The last of the two.
  if (name === 'SIGTERM') setImmediate(turn);
});
