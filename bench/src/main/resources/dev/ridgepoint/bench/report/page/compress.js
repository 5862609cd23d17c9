/* The page of a compressed model: formats and draws, and computes nothing. */

const { compress } = JSON.parse(element('data').textContent);
const { answers, changes, expected, tensors = [], steps = [] } = compress;

const stepTip = (step) => make('div', { class: 'tip' }, make('b', {}, 'Step ' + step.step), 'loss ' + step.loss.toFixed(4) + ', KL ' + step.divergence.toFixed(4) + ', ' + Units.seconds(step.seconds));
const tip = ({ tensor, step }) => (step ? stepTip(step) : tensor ? make('div', { class: 'tip' }, make('b', {}, tensor.name), Units.percent(tensor.roundingError) + ' if rounded to nearest, ' + Units.percent(tensor.error) + ' as it is') : '');
const orNone = (value, text) => (value === null || value === undefined ? '–' : text(value));

function changesSection() {
  table('changes-table', 'What changed', [
    { heading: 'Quantity', left: true, text: (row) => row.quantity },
    { heading: 'Before', text: (row) => Units.significant(row.before) },
    { heading: 'After', text: (row) => Units.significant(row.after) },
    { heading: 'Ratio', text: (row) => Units.times(row.ratio) },
    { heading: 'Expected', text: (row) => orNone(row.expected, Units.times) },
    { heading: 'At most', text: (row) => orNone(row.atMost, Units.times) },
  ], changes);
}

function answersSection() {
  table('answers-table', 'How close the answers are', [
    { heading: 'Answers of', left: true, text: (row) => row.weights },
    { heading: 'Perplexity', text: (row) => Units.significant(row.perplexity) + (row.perplexityError ? ' ± ' + Units.significant(row.perplexityError) : '') },
    { heading: 'KL divergence', unit: 'nats', text: (row) => orNone(row.divergence, Units.significant) },
    { heading: '99 of 100 within', unit: 'nats', text: (row) => orNone(row.worstDivergence, Units.significant) },
    { heading: 'Same likeliest token', text: (row) => orNone(row.agreement, Units.percent) },
    { heading: 'Recovered of the loss above', text: (row) => orNone(row.recovered, Units.percent) },
  ], answers);
}

function expectedSection() {
  table('expected-table', 'What each method was expected to bring', [
    { heading: 'Method', left: true, text: (row) => row.method },
    { heading: 'Matrices', left: true, text: (row) => row.format },
    { heading: 'Weights', text: (row) => Units.bytes(row.weightBytes) },
    { heading: 'In a folder', text: (row) => orNone(row.folderBytes, Units.bytes) },
    { heading: 'Decode', text: (row) => orNone(row.decodeSpeedup, Units.times) },
    { heading: 'Prefill', text: (row) => orNone(row.prefillSpeedup, Units.times) },
    { heading: 'By', left: true, text: (row) => orNone(row.basis, String) },
  ], expected);
}

/** Only of a student. */
function learningSection() {
  const last = steps[steps.length - 1];
  const hasOther = last.baselineLoss !== null && last.baselineLoss !== undefined;
  const lines = (palette) => [{ name: 'with the teacher', colour: palette.prefill, valueOf: (step) => step.loss }]
    .concat(hasOther ? [{ name: 'without', colour: palette.decode, valueOf: (step) => step.baselineLoss }] : []);
  element('loss-text').textContent = hasOther ? 'The same student was trained without the teacher, too.' : 'It was not trained without the teacher.';
  draw('loss-chart', 'Loss of ' + Units.count(steps.length, 'step') + ', at the end ' + last.loss.toFixed(3) + (hasOther ? ', without the teacher ' + last.baselineLoss.toFixed(3) : ''),
    (palette, size) => TrainCharts.curves(steps, lines(palette), String, palette, size));
  draw('divergence-chart', 'KL divergence from the teacher, at the end ' + last.divergence.toFixed(3),
    (palette, size) => TrainCharts.curve(steps, (step) => step.divergence, String, palette, size));
}

/** Its layer's number and module; where there is no room the last part of that alone. */
function brief(name, narrow) {
  const parts = name.replace(/^model\.layers\./, '').replace(/\.weight$/, '').split('.');
  return (narrow ? [parts[0], parts[parts.length - 1]] : parts).join(' ');
}

/** Two marks for each matrix on one line. */
function errors(palette, size) {
  const narrow = size.width < 500;
  const text = { color: palette.quiet, fontSize: narrow ? 11 : 13, fontFamily: Roofline.FONT };
  const marks = (value, item) => ({ type: 'scatter', symbolSize: 9, data: tensors.map((tensor, row) => ({ value: [100 * value(tensor), row], tensor })), itemStyle: item });
  return {
    animation: false,
    grid: { left: narrow ? 110 : 200, right: 30, top: 12, bottom: 48 },
    xAxis: {
      type: 'value', min: 0, name: 'error of the outputs, %', nameLocation: 'middle', nameGap: 30, nameTextStyle: text,
      splitLine: { lineStyle: { color: palette.rule } }, axisLabel: text,
    },
    yAxis: {
      type: 'category', data: tensors.map((tensor) => brief(tensor.name, narrow)), inverse: true,
      axisLine: { show: false }, axisTick: { show: false }, splitLine: { show: true, lineStyle: { color: palette.rule } },
      axisLabel: Object.assign({}, text, { color: palette.text, width: narrow ? 100 : 190, overflow: 'truncate', interval: 0 }),
    },
    series: [
      marks((tensor) => tensor.roundingError, { color: palette.page, borderColor: palette.decode, borderWidth: 2 }),
      marks((tensor) => tensor.error, { color: palette.prefill }),
    ],
  };
}

function errorsSection() {
  draw('errors-chart', 'Errors of outputs: ' + tensors.map((tensor) => tensor.name + ' ' + Units.percent(tensor.roundingError) + ' if rounded, ' + Units.percent(tensor.error)).join('; '), errors, 80 + 20 * tensors.length);
}

function tensorsSection() {
  const number = (heading, key, text = Units.significant) => ({ heading, key, text: (tensor) => text(key(tensor)) });
  table('tensors-table', 'Every matrix', [
    { heading: 'Matrix', left: true, text: (tensor) => tensor.name },
    number('Outputs', (tensor) => tensor.outputs, String),
    number('Inputs', (tensor) => tensor.inputs, String),
    number('Least', (tensor) => tensor.least),
    number('Greatest', (tensor) => tensor.greatest),
    number('Outliers', (tensor) => tensor.outliers, Units.percent),
    number('Kurtosis', (tensor) => tensor.kurtosis),
    number('Inputs’ spread', (tensor) => tensor.inputSpread),
    number('If rounded', (tensor) => tensor.roundingError, Units.percent),
    number('Error', (tensor) => tensor.error, Units.percent),
  ], tensors, { sortedBy: 'Matrix' });
}

function moreSection() {
  element('notes').replaceChildren(...compress.notes.map((note) => make('p', {}, note)));
}

/** Shows a section, or leaves out what there is nothing of. */
function showIf(has, headings, show) {
  if (has) {
    show();
  } else {
    headings.forEach((heading) => element(heading).closest('section').remove());
  }
}

changesSection();
answersSection();
showIf(steps.length > 0, ['learning'], learningSection);
expectedSection();
showIf(tensors.length > 0, ['errors', 'tensors'], () => {
  errorsSection();
  tensorsSection();
});
moreSection();
followSurroundings();
