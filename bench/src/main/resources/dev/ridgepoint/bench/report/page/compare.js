/* The page of a comparison: formats and draws, and computes nothing. */

const comparison = JSON.parse(element('data').textContent);
const { measurements, steps, points } = comparison;

const stepName = (step) => step.phase + ', ' + Roofline.nameOf(step) + ', ' + step.dtype + ', ' + Units.count(step.threads, 'thread');
const runName = (run) => run.number + ': ' + run.engine + ', ' + run.file;
const ratioText = (step) => Units.times(step.ratio);
const interval = ({ ratioLow, ratioHigh }) => (ratioLow === null ? '–' : Units.times(ratioLow) + ' to ' + (ratioHigh === null ? 'any' : Units.times(ratioHigh)));
const isBeyondNoise = (step) => step.verdict === 'faster' || step.verdict === 'slower';

function tip({ step, point }) {
  if (step) {
    return make('div', { class: 'tip' }, make('b', {}, step.after + ' against ' + step.before + ': ' + stepName(step)),
      Units.tokensPerSecond(step.was) + ' became ' + Units.tokensPerSecond(step.is) + ', ' + ratioText(step) + ', from ' + interval(step) + ': ' + step.verdict);
  }
  if (point) {
    return make('div', { class: 'tip' }, make('b', {}, point.number + ': ' + stepName(point)),
      Units.tokensPerSecond(point.tokensPerSecond) + ' at ' + Units.intensity(point.intensity) + ', ' + Units.flopsPerSecond(point.flopsPerSecond));
  }
  return '';
}

function measurementsSection() {
  table('measurements-table', 'What was compared', [
    { heading: '#', text: (run) => String(run.number) },
    { heading: 'Compared with', text: (run) => (run.against === null ? '–' : String(run.against)) },
    { heading: 'Engine', left: true, text: (run) => run.engine },
    { heading: 'Model', left: true, text: (run) => run.model },
    { heading: 'Machine', left: true, text: (run) => run.machine || '–' },
    { heading: 'File', left: true, text: (run) => run.file },
  ], measurements);
  const roofs = (run) => run.roofs.map((roof) => ['roofs, ' + Units.count(roof.threads, 'thread'),
    Units.flopsPerSecond(roof.peakFlopsPerSecond) + ', ' + Units.bytesPerSecond(roof.bytesPerSecond) + ' (' + roof.level + '), ridge point at ' + Units.intensity(roof.ridgePoint)]);
  element('measurements-facts').replaceChildren(...measurements.map((run) => {
    const facts = Object.entries(run.facts).concat(roofs(run));
    return make('details', {}, make('summary', {}, 'Measurements ' + runName(run)),
      facts.length === 0 ? make('p', {}, 'The file says nothing more.') : make('dl', {}, ...facts.flatMap(([term, value]) => [make('dt', {}, term), make('dd', {}, value)])));
  }));
}

function ratiosSection() {
  const compared = [...new Set(steps.map((step) => step.after))];
  const after = element('ratios-after');
  if (compared.length === 0) {
    element('ratios').parentElement.hidden = true;
    return;
  }
  options('ratios-after', compared.map((number) => [String(number), runName(measurements[number - 1])]));
  after.parentElement.hidden = compared.length === 1;
  const show = () => {
    const shown = steps.filter((step) => String(step.after) === after.value);
    draw('ratios-chart', 'How many times as fast each step became: ' + shown.map((step) => stepName(step) + ' ' + ratioText(step) + ', ' + step.verdict).join('; '),
      (palette, size) => Compare.ratios(shown, palette, size), 80 + (innerWidth < 600 ? 38 : 26) * shown.length);
  };
  after.addEventListener('change', show);
  show();
}

function rooflineSection() {
  const threads = element('roofline-threads');
  const roofOf = (run) => run.roofs.find((roof) => String(roof.threads) === threads.value);
  const drawable = [...new Set(points.map((point) => point.threads))]
    .filter((count) => measurements.some((run) => run.roofs.some((roof) => roof.threads === count)))
    .sort((a, b) => b - a);
  if (drawable.length === 0) {
    element('roofline').parentElement.hidden = true;
    return;
  }
  options('roofline-threads', drawable.map((count) => [String(count), String(count)]));
  threads.parentElement.hidden = drawable.length === 1;
  const show = () => {
    const roofed = measurements.filter(roofOf);
    const shown = points.filter((point) => String(point.threads) === threads.value);
    element('roofline-text').textContent = 'Drawn out: the roofs of ' + runName(roofed[0]) + '. '
      + (roofed.length > 1 ? 'Dashed: those of the others. ' : '') + 'A step does the same FLOPs and moves the same bytes whoever runs it, so that the points of one step stand above each other.';
    element('roofline-caption').textContent = measurements.map((run) => run.number + ' ' + Compare.nameOfMark(run.number)).join(', ')
      + '; circles decode, diamonds prefill. A bar is the interval of the median.';
    draw('roofline-chart', 'Roofline with ' + Units.count(Number(threads.value), 'thread') + ': ' + shown.map((point) => point.number + ', ' + stepName(point) + ' at ' + Units.intensity(point.intensity) + ' and ' + Units.flopsPerSecond(point.flopsPerSecond)).join('; '),
      (palette, size) => Compare.roofline(roofed.map((run) => ({ number: run.number, roof: roofOf(run) })), shown, palette, size));
  };
  threads.addEventListener('change', show);
  show();
}

function stepsSection() {
  const ofStep = (name, key) => ({ heading: name, key, text: (step) => String(key(step)) });
  const step = [
    { heading: 'Phase', left: true, text: (each) => each.phase },
    { heading: 'Format', left: true, text: (each) => each.dtype },
    ofStep('Threads', (each) => each.threads),
    ofStep('Batch', (each) => each.batch),
    ofStep('New', (each) => each.newTokens),
    ofStep('Context', (each) => each.context),
  ];
  table('steps-table', 'Every step', [
    ofStep('#', (each) => each.after),
    ...step,
    { heading: 'Was', key: (each) => each.was, text: (each) => Units.significant(each.was) },
    { heading: 'Is', key: (each) => each.is, text: (each) => Units.significant(each.is) },
    { heading: 'Ratio', key: (each) => each.ratio, text: ratioText },
    { heading: 'Interval', key: (each) => each.ratioLow || 0, text: interval },
    { heading: 'It is', left: true, text: (each) => each.verdict },
    { heading: 'KV was', left: true, text: (each) => each.kvDtypeBefore || '–' },
    { heading: 'KV is', left: true, text: (each) => each.kvDtype || '–' },
  ], steps, { chosen: isBeyondNoise, sortedBy: '#' });
  const alone = comparison.unmatched;
  if (alone.length > 0) {
    const holder = element('unmatched');
    holder.hidden = false;
    holder.querySelector('summary').textContent = Units.count(alone.length, 'step') + ' without a partner';
    table('unmatched-table', 'Steps without a partner', [
      ofStep('In', (each) => each.has),
      ofStep('Not in', (each) => each.lacks),
      ...step,
    ], alone);
  }
  element('notes').replaceChildren(...comparison.notes.map((note) => make('p', {}, note)));
}

measurementsSection();
ratiosSection();
rooflineSection();
stepsSection();
followSurroundings();
