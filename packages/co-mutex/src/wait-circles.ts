/**
 * Finds the circles in who waits for whom: one at least in each group that can only wait for itself. Takes time in
 * proportion to the waits, and no stack.
 *
 * @param waitsFor of each that waits, all for whom it waits: it goes on only when each of them has acted
 * @returns each circle in order: each waits for the next, the last for the first
 */
export function waitCircles<Node>(waitsFor: ReadonlyMap<Node, readonly Node[]>): Node[][] {
  const circles: Node[][] = [];
  const seen = new Set<Node>();
  for (const start of waitsFor.keys()) {
    if (seen.has(start)) continue;
    // The way from the start to where the search is, with what is left to look at from each place on it.
    const way: { node: Node; left: Iterator<Node> }[] = [];
    const place = new Map<Node, number>();
    const goTo = (node: Node): void => {
      seen.add(node);
      place.set(node, way.length);
      way.push({ node, left: (waitsFor.get(node) ?? []).values() });
    };
    goTo(start);
    for (let here = way.at(-1); here !== undefined; here = way.at(-1)) {
      const next = here.left.next();
      if (next.done) {
        place.delete(here.node);
        way.pop();
        continue;
      }
      const met = place.get(next.value);
      if (met !== undefined) circles.push(way.slice(met).map(({ node }) => node));
      else if (!seen.has(next.value)) goTo(next.value);
    }
  }
  return circles;
}
