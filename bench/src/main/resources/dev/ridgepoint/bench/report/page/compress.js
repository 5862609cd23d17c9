/* The page of a compressed model: formats and draws, and computes nothing. */

const { compress } = JSON.parse(element('data').textContent);
const { tensors, changes } = compress;

const tip = ({ tensor }) => (tensor ? make('div', { class: 'tip' }, make('b', {}, tensor.name), Units.percent(tensor.roundingError) + ' if rounded to nearest, ' + Units.percent(tensor.error) + ' as it is') : '');
const orNone = (value, text) => (value === null || value === undefined ? '–' : text(value));

function changesSection() {
  table('changes-table', 'What changed', [
    { heading: 'Quantity', left: true, text: (row) => row.quantity },
    { heading: 'Before', text: (row) => Units.significant(row.before) },
    { heading: 'After', text: (row) => Units.significant(row.after) },
    { heading: 'Ratio', text: (row) => Units.times(row.ratio) },
    { heading: 'At most', text: (row) => orNone(row.atMost, Units.times) },
  ], changes);
}

function answersSection() {
  table('answers-table', 'How close the answers are', [
    { heading: 'Measure', left: true, text: ([name]) => name },
    { heading: 'Value', text: ([, value]) => value },
  ], [
    ['Mean KL divergence, nats', Units.significant(compress.divergence)],
    ['99 of 100 tokens within, nats', Units.significant(compress.worstDivergence)],
    ['Same likeliest token', Units.percent(compress.agreement)],
    ['Tokens judged by', String(compress.tokens)],
  ]);
}

/** Two marks for each matrix on one line. */
function errors(palette, size) {
  const narrow = size.width < 500;
  const text = { color: palette.quiet, fontSize: narrow ? 11 : 13, fontFamily: Roofline.FONT };
  const marks = (value, item) => ({ type: 'scatter', symbolSize: 9, data: tensors.map((tensor, row) => ({ value: [100 * value(tensor), row], tensor })), itemStyle: item });
  return {
    animation: false,
    grid: { left: narrow ? 150 : 300, right: 30, top: 12, bottom: 48 },
    xAxis: {
      type: 'value', min: 0, name: 'error of the outputs, %', nameLocation: 'middle', nameGap: 30, nameTextStyle: text,
      splitLine: { lineStyle: { color: palette.rule } }, axisLabel: text,
    },
    yAxis: {
      type: 'category', data: tensors.map((tensor) => tensor.name), inverse: true,
      axisLine: { show: false }, axisTick: { show: false }, splitLine: { show: true, lineStyle: { color: palette.rule } },
      axisLabel: Object.assign({}, text, { color: palette.text, width: narrow ? 140 : 290, overflow: 'truncate', interval: 0 }),
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
    number('If rounded', (tensor) => tensor.roundingError, Units.percent),
    number('Error', (tensor) => tensor.error, Units.percent),
  ], tensors, { sortedBy: 'Matrix' });
  element('notes').replaceChildren(...compress.notes.map((note) => make('p', {}, note)));
}

changesSection();
answersSection();
errorsSection();
tensorsSection();
followSurroundings();
