/* The page of a training run: formats and draws, and computes nothing but sums. */

const training = JSON.parse(element('data').textContent);
const { steps, operations, memory } = training;

const speedOf = (step) => training.tokensPerStep / step.seconds;
const secondsOf = (phase) => operations.filter((each) => each.phase === phase).reduce((sum, each) => sum + each.seconds, 0);

function tip({ step, share }) {
  if (step) {
    return make('div', { class: 'tip' }, make('b', {}, 'Step ' + step.step),
      'loss ' + step.loss.toFixed(4) + ', gradient norm ' + step.gradientNorm.toPrecision(3) + ', ' + Units.seconds(step.seconds) + ', ' + Units.tokensPerSecond(speedOf(step)));
  }
  if (share) {
    return make('div', { class: 'tip' }, make('b', {}, share.name + ', ' + share.phase), Units.seconds(share.seconds));
  }
  return '';
}

function curvesSection() {
  const last = steps[steps.length - 1];
  draw('loss-chart', 'Loss of ' + Units.count(last.step, 'step') + ', at the end ' + last.loss.toFixed(3),
    (palette, size) => TrainCharts.curve(steps, (step) => step.loss, (value) => String(value), palette, size));
  element('speed-text').textContent = 'The median of a step is ' + Units.tokensPerSecond(training.tokensPerSecond) + ', or ' + Units.flopsPerSecond(training.flopsPerSecond)
    + (training.shareOfPeak === undefined ? '. The roof of this machine was not measured: ridge machine does.' : ', ' + Units.percent(training.shareOfPeak) + ' of this machine\'s peak.')
    + ' The first steps wait for the compiler.';
  draw('speed-chart', 'Tokens per second of every step',
    (palette, size) => TrainCharts.curve(steps, speedOf, Units.significant, palette, size));
}

function operationsSection() {
  element('operations-text').textContent = TrainCharts.PHASES.filter((phase) => secondsOf(phase) > 0)
    .map((phase) => phase + ' ' + Units.seconds(secondsOf(phase))).join(', ') + '.';
  const rows = new Set(operations.map((each) => each.operation.replace(/ (again|backward)$/, ''))).size;
  draw('operations-chart', 'Time of each operation: ' + operations.map((each) => each.operation + ' ' + Units.seconds(each.seconds)).join('; '),
    (palette, size) => TrainCharts.operations(operations, palette, size), 70 + 26 * rows);
  table('operations-table', 'Every operation', [
    { heading: 'Operation', left: true, text: (each) => each.operation },
    { heading: 'Phase', left: true, text: (each) => each.phase },
    { heading: 'Time', text: (each) => Units.seconds(each.seconds), key: (each) => each.seconds },
    { heading: 'FLOP/s', text: (each) => Units.flopsPerSecond(each.flopsPerSecond), key: (each) => each.flopsPerSecond },
    { heading: 'B/s', text: (each) => Units.bytesPerSecond(each.bytesPerSecond), key: (each) => each.bytesPerSecond },
  ], operations, { sortedBy: 'Operation' });
}

function memorySection() {
  table('memory-table', 'Memory by group', [
    { heading: 'Group', left: true, text: (each) => each.group },
    { heading: 'Predicted', text: (each) => Units.bytes(each.predictedBytes) },
    { heading: 'Allocated', text: (each) => Units.bytes(each.measuredBytes) },
  ], memory);
  const { process } = training;
  table('process-table', 'Memory of the process', [
    { heading: 'Part', left: true, text: (row) => row.part },
    { heading: 'Bytes', text: (row) => Units.bytes(row.bytes) },
  ], [
    { part: 'outside the heap, as predicted', bytes: process.predictedBytes },
    { part: 'outside the heap, as allocated', bytes: process.allocatedBytes },
    { part: 'the Java heap', bytes: process.heapBytes },
    { part: 'compiled code', bytes: process.codeBytes },
    { part: 'classes', bytes: process.classBytes },
    { part: 'what remains: compilers, threads, libraries', bytes: process.otherBytes },
    { part: 'the process at its peak', bytes: process.peakBytes },
  ].filter((row) => row.bytes !== undefined));
  table('items-table', 'Parts of the predictions', [
    { heading: 'Part', left: true, text: (item) => item.name },
    { heading: 'Group', left: true, text: (item) => item.group },
    { heading: 'Predicted', text: (item) => Units.bytes(item.bytes) },
  ], memory.flatMap((each) => Object.entries(each.predictedItems).map(([name, bytes]) => ({ name, bytes, group: each.group }))));
}

function settingsSection() {
  const facts = Object.entries(training.settings).concat([['version', training.version]]);
  element('settings-list').replaceChildren(...facts.flatMap(([name, value]) => [make('dt', {}, name), make('dd', {}, String(value))]));
}

curvesSection();
operationsSection();
memorySection();
settingsSection();
followSurroundings();
