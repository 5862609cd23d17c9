/* Window, colours and paper. */

function followSurroundings() {
  let waiting;
  const later = () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(redrawAll);
  };
  addEventListener('resize', later);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', later);
  // Paper is white, and hides nothing.
  matchMedia('print').addEventListener('change', redrawAll);
  addEventListener('beforeprint', () => {
    document.querySelectorAll('details:not([open])').forEach((details) => {
      details.open = true;
      details.dataset.closed = '';
    });
    redrawAll();
  });
  addEventListener('afterprint', () => {
    document.querySelectorAll('details[data-closed]').forEach((details) => {
      details.open = false;
      delete details.dataset.closed;
    });
    redrawAll();
  });
}
