/* The page of an isoFLOP curve: formats and draws, and computes nothing. */

const isoFlop = JSON.parse(element('data').textContent);
const { sizes, own, laws, foretold, settings } = isoFlop;
const optimum = own && own.optimum;
const three = (value) => value.toFixed(3);

function tip({ size, lowest, law, foretold: name, value }) {
  if (size) {
    return make('div', { class: 'tip' }, make('b', {}, Units.amount(size.parameters) + ' parameters, hidden size ' + size.hiddenSize),
      Units.amount(size.tokens) + ' tokens, ' + Units.significant(size.tokensPerParameter) + ' for each; held-out loss ' + three(size.loss));
  }
  if (lowest) {
    return make('div', { class: 'tip' }, make('b', {}, 'Lowest point of the parabola'),
      Units.amount(lowest.parameters) + ' parameters, ' + Units.significant(lowest.tokensPerParameter) + ' tokens for each; loss ' + three(lowest.loss));
  }
  if (law) {
    return make('div', { class: 'tip' }, make('b', {}, law.name),
      Units.amount(law.parameters) + ' parameters' + (law.hasEmbeddings ? '' : ' without embeddings') + ', ' + Units.significant(law.tokensPerParameter) + ' tokens for each');
  }
  return name ? make('div', { class: 'tip' }, make('b', {}, name), Units.amount(value[0]) + ' parameters: ' + three(value[1]) + ' nats per token of its texts') : '';
}

function factsSection() {
  const least = laws.reduce((a, b) => (a.parameters < b.parameters ? a : b));
  const most = laws.reduce((a, b) => (a.parameters > b.parameters ? a : b));
  const facts = [
    ...(optimum ? [
      ['Your best size', Units.amount(optimum.parameters), 'parameters'],
      ['Tokens for each', Units.significant(optimum.tokensPerParameter), ''],
      ['Loss there', three(optimum.loss), 'nats/token'],
    ] : []),
    ['The laws say', Units.amount(least.parameters) + ' to ' + Units.amount(most.parameters), 'parameters'],
  ];
  element('facts').replaceChildren(...facts.map(([term, value, unit]) => make('div', {}, make('dt', {}, term), make('dd', {}, value + ' ', make('small', {}, unit)))));
}

function curveSection() {
  element('curve-text').textContent = (own
    ? 'The line is a parabola over the logarithm of N, by least squares, as in the second approach of Hoffmann et al. 2022 (arXiv:2203.15556). '
      + (optimum ? 'The diamond is its lowest point.' : 'It has no lowest point between the smallest and the largest model: train others, beyond the one with the least loss.')
    : 'A parabola goes through three points at least, so that there is none yet.')
    + ' Below it stand the losses that laws give for the same parameters and tokens, and the size that each law thinks best. Only their shapes can be compared with yours, not their heights: another text and other tokens have another loss.';
  element('curve-caption').textContent = (optimum ? 'The dashed line marks your best size in all three parts. ' : '')
    + 'Kaplan counts N without embeddings: its losses are those of what remains of each model, and to its best size they are to be added.';
  const narrow = element('curve-chart').clientWidth < 500;
  draw('curve-chart', 'Held-out loss by parameters: ' + sizes.map((each) => Units.amount(each.parameters) + ' ' + three(each.loss)).join('; ')
    + (optimum ? '; lowest at ' + Units.amount(optimum.parameters) : '') + '. Best size by ' + laws.map((law) => law.name + ' ' + Units.amount(law.parameters)).join('; '),
    (palette, size) => IsoFlopCharts.curve(isoFlop, palette, size), IsoFlopCharts.heightOf(isoFlop, narrow));
  table('sizes-table', 'Every size', [
    { heading: 'Hidden', unit: 'size', text: (each) => String(each.hiddenSize) },
    { heading: 'N', unit: 'parameters', text: (each) => Units.integer(each.parameters) },
    { heading: 'Of these', unit: 'embedding', text: (each) => Units.percent(each.embeddingShare) },
    { heading: 'D', unit: 'tokens', text: (each) => Units.integer(each.tokens) },
    { heading: 'D/N', text: (each) => Units.significant(each.tokensPerParameter) },
    { heading: 'Steps', text: (each) => Units.integer(each.steps) },
    { heading: 'Passes', unit: 'over stories', text: (each) => Units.significant(each.passes) },
    { heading: 'Loss', unit: 'held out', text: (each) => three(each.loss) },
    { heading: 'Above', unit: 'the best', text: (each) => three(each.lossAboveBest) },
    { heading: 'Time', text: (each) => Units.seconds(each.seconds) },
  ], sizes, { chosen: (each) => each.lossAboveBest === 0 });
}

function optimumSection() {
  element('optimum-text').textContent = optimum
    ? 'For ' + Units.flops(settings.flops) + ' take about ' + Units.amount(optimum.parameters) + ' parameters and ' + Units.amount(optimum.tokens) + ' tokens, '
      + Units.significant(optimum.tokensPerParameter) + ' tokens for each parameter. The curve is flat there: from ' + Units.amount(optimum.leastParameters) + ' to ' + Units.amount(optimum.mostParameters)
      + ' parameters the parabola lies at most 1 % above its lowest point. So a model that is to be run often may as well be smaller than the best one, and be trained for longer.'
    : 'This curve has no lowest point, so that it names no size for ' + Units.flops(settings.flops) + '.';
  element('laws-text').textContent = 'The laws put their exponents between ' + Math.min(...laws.map((law) => law.exponent)).toFixed(2) + ' and ' + Math.max(...laws.map((law) => law.exponent)).toFixed(2)
    + '. Chinchilla’s rule of thumb of 20 tokens for each parameter follows from an exponent of a half; Kaplan’s larger one asks for models that grow faster than what they read. Kaplan’s N, marked *, has no embeddings.';
  table('laws-table', 'What the laws say', [
    { heading: 'Law', left: true, text: (law) => law.name },
    { heading: 'Best N', text: (law) => Units.amount(law.parameters) + (law.hasEmbeddings ? '' : ' *') },
    { heading: 'D', text: (law) => Units.amount(law.tokens) },
    { heading: 'D/N', text: (law) => Units.significant(law.tokensPerParameter) },
    { heading: 'Exponent a', text: (law) => law.exponent.toFixed(2) },
    { heading: 'Source', left: true, text: (law) => law.source },
  ], laws);
}

function learningSection() {
  const known = sizes.filter((each) => each.learning.length > 0);
  element('learning-section').hidden = known.length === 0;
  if (known.length > 0) {
    draw('learning-chart', 'Training loss at the end: ' + known.map((each) => Units.amount(each.parameters) + ' ' + three(each.learning[each.learning.length - 1][1])).join('; '),
      (palette, size) => IsoFlopCharts.learning(known, settings.flops, palette, size));
  }
}

function settingsSection() {
  const facts = [
    ['FLOPs of each size', Units.flops(settings.flops)],
    ['vocabulary', Units.count(settings.vocabulary, 'token')],
    ['stories to learn from', Units.integer(settings.stories)],
    ['a step', Units.count(settings.batch, 'sequence') + ' of ' + Units.count(settings.sequenceLength, 'token')],
    ['highest learning rate', String(settings.learningRate)],
    ['seed', String(settings.seed)],
  ];
  element('settings-list').replaceChildren(...facts.flatMap(([term, value]) => [make('dt', {}, term), make('dd', {}, value)]));
}

element('differences-list').replaceChildren(...isoFlop.differences.map((reason) => make('li', {}, reason[0].toUpperCase() + reason.slice(1) + '.')));
factsSection();
curveSection();
optimumSection();
learningSection();
settingsSection();
followSurroundings();
