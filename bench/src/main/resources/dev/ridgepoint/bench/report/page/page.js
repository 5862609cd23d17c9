const report = JSON.parse(document.getElementById('data').textContent);

function tip({ point, operation, cell }) {
  if (operation) {
    return make('div', { class: 'tip' }, make('b', {}, operation.name),
      Units.flops(operation.flops) + ' over ' + Units.bytes(operation.bytes) + ' = ' + Units.intensity(operation.flops / operation.bytes)
      + ', ' + Units.seconds(Roofline.predictedSeconds(operation)) + ' predicted');
  }
  if (cell) {
    return make('div', { class: 'tip' }, make('b', {}, cell.name),
      Units.tokensPerSecond(cell.tokensPerSecond) + ' predicted at ' + Units.intensity(cell.intensity) + ', ' + cell.boundBy + '-bound');
  }
  if (!point) return '';
  return make('div', { class: 'tip' }, make('b', {}, point.number + ': ' + title(point)),
    Units.tokensPerSecond(point.tokensPerSecond) + ', ' + Units.seconds(point.seconds) + ' ' + precision(point) + ', '
    + Units.percent(point.fractionOfRoof) + ' of its roof',
    ...warningsOf(point).map((warning) => make('span', { class: 'defect' }, 'This point ' + warning.text)));
}

/* Words. */

const title = (point) => point.phase + ', ' + Roofline.nameOf(point) + ', ' + Units.count(point.threads, 'thread');
const warningsOf = (point) => report.warnings.filter((warning) => warning.point === point.number);
const precision = (point) => (point.secondsError === null ? '(one sample)' : '± ' + Units.percent(point.secondsError / point.seconds));
const roofs = report.roofs;
const roofOf = (threads) => roofs.find((roof) => roof.threads === threads);
const pointsOf = (threads) => report.points.filter((point) => point.threads === threads);
const mainRoof = roofs[0];
const mainDecode = pointsOf(mainRoof.threads).find((point) => point.phase === 'decode');
const mainPrefill = pointsOf(mainRoof.threads).filter((point) => point.phase === 'prefill').pop();
const memoryName = (roof) => (roof.level.startsWith('L') ? roof.level + ' cache' : 'memory');

/* Sections. */

function header() {
  const fact = (term, value, unit, kind) => make('div', { class: kind || null }, make('dt', {}, term), make('dd', {}, value + ' ', make('small', {}, unit)));
  const speed = (point) => fact(point.phase + ', ' + Roofline.nameOf(point), Units.significant(point.tokensPerSecond), 'tokens/s', point.phase);
  element('facts').replaceChildren(
    ...[mainDecode, mainPrefill].filter((point) => point).map(speed),
    fact('FMA peak, ' + Units.count(mainRoof.threads, 'thread'), ...Units.flopsPerSecond(mainRoof.peakFlopsPerSecond).split(' ')),
    fact('Read bandwidth of ' + memoryName(mainRoof), ...Units.bytesPerSecond(mainRoof.bytesPerSecond).split(' ')),
    fact('Ridge point', Units.significant(mainRoof.ridgePoint), 'FLOP/B'),
  );
  if (report.warnings.length > 0) {
    const holder = element('warnings');
    holder.hidden = false;
    const n = report.warnings.length;
    holder.querySelector('summary').textContent = n === 1 ? 'One thing to know before you believe these numbers' : n + ' things to know before you believe these numbers';
    holder.querySelector('ul').replaceChildren(...report.warnings.map((warning) => {
      const point = report.points.find((each) => each.number === warning.point);
      return make('li', {}, point ? 'Point ' + point.number + ' (' + title(point) + ') ' + warning.text : warning.text);
    }));
  }
}

function rooflineSection() {
  const threads = element('roofline-threads');
  const operationsOf = element('roofline-operations');
  options('roofline-threads', roofs.map((roof) => [String(roof.threads), String(roof.threads)]));
  threads.parentElement.hidden = roofs.length === 1;
  const shared = Roofline.axesOf(roofs, report.points.map((point) => point.intensity), report.points.map((point) => point.flopsPerSecond));
  const show = () => {
    const roof = roofOf(Number(threads.value));
    const points = pointsOf(roof.threads);
    const shown = points.find((point) => String(point.number) === operationsOf.value);
    formula('roofline-formula',
      'FLOP/s ≤ min(peak, intensity × bandwidth)',
      'ridge point = peak ÷ bandwidth = ' + Units.flopsPerSecond(roof.peakFlopsPerSecond) + ' ÷ ' + Units.bytesPerSecond(roof.bytesPerSecond) + ' = ' + Units.intensity(roof.ridgePoint),
      ...(shown ? [title(shown) + ': ' + Units.flops(shown.flops) + ' ÷ ' + Units.bytes(shown.bytes) + ' = ' + Units.intensity(shown.intensity) + ', so at most '
        + Units.flopsPerSecond(shown.attainableFlopsPerSecond) + '; measured ' + Units.flopsPerSecond(shown.flopsPerSecond) + ', ' + Units.percent(shown.fractionOfRoof)] : []));
    element('roofline-caption').textContent = 'Circles decode, diamonds prefill; filled as measured, rings as predicted. A bar is the interval of the median: a wide one means that the point is uncertain. '
      + (roof.level === roof.levels[roof.levels.length - 1].name ? '' : 'The weights, ' + Units.bytes(report.model.weightBytes) + ', fit the ' + memoryName(roof) + ', so the points are drawn against its roof.')
      + (shown ? ' Violet: the operations of this step, as predicted, by the time that each takes.' : '');
    draw('roofline-chart', 'Roofline with ' + Units.count(roof.threads, 'thread') + ': ' + points.map((point) => title(point) + ' at ' + Units.intensity(point.intensity) + ' and ' + Units.flopsPerSecond(point.flopsPerSecond)).join('; '),
      (palette, size) => Roofline.option({ roof, points, operationsOf: shown, axes: shown ? null : shared }, palette, size));
  };
  const changeThreads = () => {
    options('roofline-operations', [['', 'none']].concat(pointsOf(Number(threads.value)).map((point) => [String(point.number), point.phase + ', ' + Roofline.nameOf(point)])));
    show();
  };
  threads.addEventListener('change', changeThreads);
  operationsOf.addEventListener('change', show);
  changeThreads();
  charts.get('roofline-chart').chart.on('click', ({ data }) => {
    if (data && data.point) {
      operationsOf.value = String(data.point.number);
      show();
    }
  });
}

function journeySection() {
  const step = element('journey-step');
  options('journey-step', pointsOf(mainRoof.threads).map((point) => [String(point.number), point.phase + ', ' + Roofline.nameOf(point)]), mainDecode ? String(mainDecode.number) : undefined);
  const show = () => {
    const point = report.points.find((each) => String(each.number) === step.value);
    const memory = point.boundBy === 'memory';
    const longest = point.operations.reduce((a, b) => (Roofline.predictedSeconds(a) > Roofline.predictedSeconds(b) ? a : b));
    const share = Roofline.predictedSeconds(longest) / point.operations.reduce((sum, each) => sum + Roofline.predictedSeconds(each), 0);
    element('journey-text').textContent = (point.phase === 'decode'
      ? 'For every step of decode all weights travel from ' + (mainRoof.level.startsWith('L') ? 'the ' : '') + memoryName(mainRoof) + ' to the cores, and each serves one multiply-add per sequence. '
      : 'Prefill brings the weights to the cores once, and each serves one multiply-add for every token of the prompt. ')
      + 'Most of the time, ' + Units.percent(share) + ', goes to ' + longest.name + '.';
    formula('journey-formula',
      memory
        ? 'time ≥ bytes ÷ bandwidth = ' + Units.bytes(point.bytes) + ' ÷ ' + Units.bytesPerSecond(mainRoof.bytesPerSecond) + ' = ' + Units.seconds(point.predictedSeconds.bound)
        : 'time ≥ FLOPs ÷ peak = ' + Units.flops(point.flops) + ' ÷ ' + Units.flopsPerSecond(mainRoof.peakFlopsPerSecond) + ' = ' + Units.seconds(point.predictedSeconds.bound),
      'bytes = weights + keys and values + activations = ' + Units.bytes(point.weightBytes) + ' + ' + Units.bytes(point.kvBytes) + ' + ' + Units.bytes(point.bytes - point.weightBytes - point.kvBytes),
      'predicted ' + Units.seconds(Roofline.predictedSeconds(point)) + ', measured ' + Units.seconds(point.seconds) + ' ' + precision(point));
    draw('journey-chart', 'Time of each operation: ' + point.operations.map((each) => each.name + ' ' + Units.seconds(Roofline.predictedSeconds(each))).join(', '),
      (palette, size) => Charts.journey(point, palette, size), 70 + 26 * point.operations.length);
    table('journey-table', 'Operations of ' + title(point), [
      { heading: 'Operation', left: true, text: (each) => each.name },
      { heading: 'Time', unit: 'predicted', text: (each) => Units.seconds(Roofline.predictedSeconds(each)) },
      { heading: 'Time', unit: 'bound', text: (each) => Units.seconds(each.predictedSeconds.bound) },
      { heading: 'FLOPs', text: (each) => Units.flops(each.flops) },
      { heading: 'Bytes', text: (each) => Units.bytes(each.bytes) },
      { heading: 'Intensity', unit: 'FLOP/B', text: (each) => Units.significant(each.flops / each.bytes) },
      { heading: 'Bound by', left: true, text: (each) => each.boundBy },
    ], point.operations);
  };
  step.addEventListener('change', show);
  show();
}

function accuracySection() {
  element('accuracy-text').textContent = report.accuracy;
  draw('accuracy-chart', 'Measured over predicted time of every point, with the interval that the spread of its kernels gives it; the table below has all',
    (palette, size) => Charts.accuracy(report.points, palette, size), 90 + 24 * report.points.length);
}

function techniquesSection() {
  const techniques = report.techniques;
  if (techniques.length === 0) return;
  element('techniques-section').hidden = false;
  table('techniques-table', 'Techniques', [
    { heading: 'Technique', left: true, text: (each) => each.name },
    { heading: 'Predicted', text: (each) => Units.times(each.predicted) },
    { heading: 'Measured', text: (each) => Units.times(each.measured) + (each.error === undefined ? ' (one turn)' : ' ± ' + Units.percent(each.error / each.measured)) },
    { heading: 'Turns', text: (each) => Units.integer(each.turns) },
    { heading: 'Usual', text: (each) => Units.seconds(each.usualSeconds) },
    { heading: 'Technique', text: (each) => Units.seconds(each.seconds) },
    { heading: 'FLOPs', unit: 'usual', text: (each) => Units.flops(each.usualFlops) },
    { heading: 'FLOPs', unit: 'technique', text: (each) => Units.flops(each.flops) },
    { heading: 'Bytes', unit: 'usual', text: (each) => Units.bytes(each.usualBytes) },
    { heading: 'Bytes', unit: 'technique', text: (each) => Units.bytes(each.bytes) },
  ], techniques);
  element('techniques-texts').replaceChildren(...techniques.flatMap((each) => [
    make('dt', {}, each.name),
    make('dd', {}, each.compared + '. ' + each.verdict + ' ' + each.explanation, make('p', { class: 'formula' }, make('span', {}, each.formula), make('span', {}, each.source))),
  ]));
}

function pointsSection() {
  const mark = (point) => (warningsOf(point).length > 0
    ? make('details', {}, make('summary', { 'aria-label': 'Warnings of point ' + point.number }, '!'), ...warningsOf(point).map((warning) => make('p', {}, 'This point ' + warning.text)))
    : '');
  const number = (heading, unit, key, text) => ({ heading, unit, key, text: text || ((point) => String(key(point))) });
  table('points-table', 'Every point', [
    number('#', '', (point) => point.number),
    { heading: 'Phase', left: true, text: (point) => point.phase },
    number('Threads', '', (point) => point.threads),
    number('Batch', '', (point) => point.batch),
    number('New', 'tokens', (point) => point.newTokens),
    number('Context', 'tokens', (point) => point.context),
    number('Intensity', 'FLOP/B', (point) => point.intensity, (point) => Units.significant(point.intensity)),
    number('Time', 'median', (point) => point.seconds, (point) => Units.seconds(point.seconds) + ' ' + precision(point)),
    number('Speed', 'tokens/s', (point) => point.tokensPerSecond, (point) => Units.significant(point.tokensPerSecond)),
    number('Compute', 'GFLOP/s', (point) => point.flopsPerSecond, (point) => Units.significant(point.flopsPerSecond / 1e9)),
    number('Traffic', 'GB/s', (point) => point.bytesPerSecond, (point) => Units.significant(point.bytesPerSecond / 1e9)),
    number('Of roof', '', (point) => point.fractionOfRoof, (point) => (point.fractionOfRoof > 1 ? make('span', { class: 'defect' }, Units.percent(point.fractionOfRoof)) : Units.percent(point.fractionOfRoof))),
    { heading: 'Bound by', left: true, text: (point) => point.boundBy },
    number('Bound', 'predicted', (point) => point.predictedSeconds.bound, (point) => Units.seconds(point.predictedSeconds.bound)),
    number('Kernels', 'predicted', (point) => point.predictedSeconds.calibrated || 0, (point) => (point.predictedSeconds.calibrated === null ? '–' : Units.seconds(point.predictedSeconds.calibrated))),
    number('At least', 'predicted', (point) => point.predictedSeconds.lowest || 0, (point) => (point.predictedSeconds.lowest === null ? '–' : Units.seconds(point.predictedSeconds.lowest))),
    number('At most', 'predicted', (point) => point.predictedSeconds.highest || 0, (point) => (point.predictedSeconds.highest === null ? '–' : Units.seconds(point.predictedSeconds.highest))),
    { heading: 'Note', left: true, key: (point) => warningsOf(point).length, text: mark },
  ], [...report.points].sort((a, b) => a.fractionOfRoof - b.fractionOfRoof), { sortedBy: 'Of roof' });
}

function machineSection() {
  const code = (text) => make('code', {}, text);
  const facts = [
    ['Processor', report.machine.cpu + ', ' + report.run.cores + ', ' + report.machine.vectorBits + '-bit vectors'],
    ['Model', report.model.name + ', ' + Units.integer(report.model.parameters) + ' parameters, ' + Units.bytes(report.model.weightBytes) + ' of weights in ' + report.model.dtype + ', keys and values in ' + report.model.kvDtype],
    ['Command', code(report.run.command)],
    ['Ridgepoint', report.run.ridgepoint],
    ['Measured', report.run.finished.replace(/\.\d+Z$/, 'Z')],
    ['JDK', report.run.jdk],
    ['JVM flags', code(report.run.jvmFlags.join(' ') || 'none')],
  ];
  element('machine-facts').replaceChildren(...facts.flatMap(([term, value]) => [make('dt', {}, term), make('dd', {}, value)]));
  const samples = [...report.machine.bandwidth].sort((a, b) => a.workingSetBytes - b.workingSetBytes);
  draw('bandwidth-chart', 'Read bandwidth: ' + samples.map((each) => Units.count(each.threads, 'thread') + ', ' + Units.size(each.workingSetBytes) + ': ' + Units.bytesPerSecond(each.bytesPerSecond)).join('; '),
    (palette, size) => Charts.bandwidth(samples, palette, size));
}

header();
rooflineSection();
journeySection();
exploreSection(new Explorer(report.explorer));
accuracySection();
techniquesSection();
pointsSection();
machineSection();
followSurroundings();
followRun();
