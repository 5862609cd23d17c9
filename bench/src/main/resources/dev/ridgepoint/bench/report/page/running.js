/* A run that goes on. */

const RELOAD_SECONDS = 5;
const STATE = 'ridgepoint.page';

/** While a run lasts the page says so and loads itself again, and the reader stays where he was. */
function followRun() {
  restore();
  const progress = report.run.progress;
  if (!progress) return;
  const banner = element('progress');
  banner.hidden = false;
  banner.textContent = 'Still measuring: ' + progress.measured + ' of ' + Units.count(progress.planned, 'point') + ', about ' + Units.seconds(progress.secondsLeft) + ' left. This page reloads itself every ' + RELOAD_SECONDS + ' seconds.';
  setTimeout(() => {
    remember();
    location.reload();
  }, RELOAD_SECONDS * 1000);
}

const controls = () => [...document.querySelectorAll('input, select')];

function remember() {
  const values = Object.fromEntries(controls().map((control) => [control.id, control.value]));
  const open = [...document.querySelectorAll('details')].map((details) => details.open);
  const focused = document.activeElement ? document.activeElement.id : '';
  sessionStorage.setItem(STATE, JSON.stringify({ values, open, focused, y: scrollY }));
}

function restore() {
  const kept = sessionStorage.getItem(STATE);
  if (!kept) return;
  sessionStorage.removeItem(STATE);
  const { values, open, focused, y } = JSON.parse(kept);
  for (const control of controls()) {
    if (values[control.id] !== undefined && values[control.id] !== control.value) {
      const before = control.value;
      control.value = values[control.id];
      if (control.value === values[control.id]) {
        control.dispatchEvent(new Event(control.type === 'range' ? 'input' : 'change'));
      } else {
        control.value = before;
      }
    }
  }
  [...document.querySelectorAll('details')].forEach((details, i) => (details.open = Boolean(open[i])));
  if (focused) element(focused)?.focus({ preventScroll: true });
  scrollTo(0, y);
}
