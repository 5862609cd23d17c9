/* The sections that read the grid of predicted steps. */

function exploreSection(explorer) {
  const { batches, contexts, prompts } = explorer.data;
  const nearest = (stops, wanted) => stops.reduce((best, each) => (Math.abs(each - wanted) < Math.abs(best - wanted) ? each : best));
  const sliders = { batch: batches, context: contexts, prompt: prompts };
  const start = { batch: mainDecode ? mainDecode.batch : 1, context: mainDecode ? mainDecode.context : 128, prompt: mainPrefill ? mainPrefill.newTokens : 512 };
  for (const [name, stops] of Object.entries(sliders)) {
    const slider = element('explore-' + name);
    Object.assign(slider, { min: 0, max: stops.length - 1, step: 1, value: stops.indexOf(nearest(stops, start[name])) });
    slider.addEventListener('input', show);
  }
  options('explore-format', explorer.formats.map((format) => [format, format]), report.model.dtype);
  options('explore-threads', explorer.threads.map((threads) => [String(threads), String(threads)]), String(mainRoof.threads));
  for (const name of ['format', 'threads']) element('explore-' + name).addEventListener('change', show);

  function chosen() {
    const stop = (name) => sliders[name][Number(element('explore-' + name).value)];
    return { batch: stop('batch'), context: stop('context'), prompt: stop('prompt'), format: element('explore-format').value, threads: Number(element('explore-threads').value) };
  }

  function show() {
    const choice = chosen();
    for (const name of Object.keys(sliders)) {
      const text = Units.integer(choice[name]);
      element('explore-' + name + '-value').textContent = text;
      element('explore-' + name).setAttribute('aria-valuetext', Units.count(choice[name], name === 'batch' ? 'sequence' : 'token'));
    }
    showSteps(explorer, choice);
    showFormats(explorer, choice);
    showDevices(explorer, choice);
  }
  show();
}

const fitting = (cell, text) => (cell.fits ? text : text + ' (does not fit)');

const BASIS = { kernels: 'its kernels, timed', datasheet: 'runs on such devices', bound: 'its roof alone' };

function showSteps(explorer, { batch, context, prompt, format, threads }) {
  const runner = explorer.runner(threads, format);
  const roof = Explorer.roofOf(runner, roofOf(threads) || mainRoof);
  const decodes = explorer.data.batches.map((each) => explorer.decode(runner, each, context));
  const prefills = explorer.data.prompts.map((each) => explorer.prefill(runner, each));
  const decode = Object.assign(explorer.decode(runner, batch, context), { name: 'decode, batch ' + Units.integer(batch) + ', context ' + Units.integer(context) });
  const prefill = Object.assign(explorer.prefill(runner, prompt), { name: 'prefill, prompt ' + Units.integer(prompt) });
  const crossing = explorer.crossing(runner, context);
  formula('explore-formula',
    'decode: ' + Units.flops(decode.flops) + ' ÷ ' + Units.bytes(decode.bytes) + ' = ' + Units.intensity(decode.intensity) + '; ridge ' + Units.intensity(runner.ridgePoint) + ', '
      + (crossing === null ? 'which no batch crosses at this context' : 'crossed from batch ' + Units.integer(crossing) + ' on'),
    'prefill: ' + Units.flops(prefill.flops) + ' ÷ ' + Units.bytes(prefill.bytes) + ' = ' + Units.intensity(prefill.intensity) + '; ridge '
      + (runner.computeBoundPrompt === null ? 'crossed by no prompt' : 'crossed from a prompt of ' + Units.count(runner.computeBoundPrompt, 'token') + ' on'));
  const points = pointsOf(threads);
  const drawn = decodes.concat(prefills, points);
  const trail = (cells, color) => ({ type: 'line', data: cells.map((cell) => [cell.intensity, cell.flopsPerSecond]), symbolSize: 4, symbol: 'circle', lineStyle: { color, width: 1.5 }, itemStyle: { color }, silent: true, animation: false, z: 5 });
  const ring = (cell, symbol, palette, font) => ({
    value: [cell.intensity, cell.flopsPerSecond],
    cell,
    symbol,
    symbolSize: symbol === 'circle' ? 20 : 24,
    itemStyle: { color: palette[cell.phase], borderColor: palette.page, borderWidth: 3, shadowColor: palette[cell.phase], shadowBlur: 8 },
    label: { show: true, formatter: Units.tokensPerSecond(cell.tokensPerSecond), position: symbol === 'circle' ? 'left' : 'bottom', distance: 8, color: palette[cell.phase], fontWeight: 600, fontSize: font, fontFamily: Roofline.FONT, textBorderColor: palette.page, textBorderWidth: 3 },
  });
  draw('explore-chart', 'Predicted: ' + [decode, prefill].map((cell) => cell.name + ' at ' + Units.intensity(cell.intensity) + ' and ' + Units.flopsPerSecond(cell.flopsPerSecond)).join('; '),
    (palette, size) => Roofline.option({
      roof,
      points,
      faint: true,
      axes: Roofline.axesOf([roof], drawn.map((each) => each.intensity), drawn.map((each) => each.flopsPerSecond)),
      more: (axes, font) => [
        trail(decodes, palette.decode),
        trail(prefills, palette.prefill),
        { type: 'scatter', z: 8, animation: false, data: [ring(decode, 'circle', palette, font), ring(prefill, 'diamond', palette, font)] },
      ],
    }, palette, size));
  table('explore-table', 'The chosen steps', [
    { heading: 'Step', left: true, text: (cell) => cell.name },
    { heading: 'FLOPs', text: (cell) => Units.flops(cell.flops) },
    { heading: 'Bytes', text: (cell) => Units.bytes(cell.bytes) },
    { heading: 'Intensity', text: (cell) => Units.intensity(cell.intensity) },
    { heading: 'Waits for', left: true, text: (cell) => cell.boundBy },
    { heading: 'At least', text: (cell) => Units.seconds(cell.boundSeconds) },
    { heading: 'Predicted', text: (cell) => Units.seconds(cell.seconds) },
    { heading: 'Speed', text: (cell) => fitting(cell, Units.tokensPerSecond(cell.tokensPerSecond)) },
    { heading: 'Predicted by', left: true, text: (cell) => BASIS[cell.basis] },
  ], [decode, prefill]);
}

function rows(explorer, runners, { batch, context, prompt }, nameOf) {
  return runners.map((runner) => ({ runner, name: nameOf(runner), decode: explorer.decode(runner, batch, context), prefill: explorer.prefill(runner, prompt) }));
}

const rateRow = (row) => ({
  name: row.name,
  decode: row.decode.fits ? row.decode.tokensPerSecond : null,
  prefill: row.prefill.fits ? row.prefill.tokensPerSecond : null,
  unmeasured: { decode: row.decode.basis === 'bound', prefill: row.prefill.basis === 'bound' },
});

const describeRates = (all) => all.map((row) => row.name + ': decode ' + Units.tokensPerSecond(row.decode.tokensPerSecond) + ', prefill ' + Units.tokensPerSecond(row.prefill.tokensPerSecond)).join('; ');

const rateColumns = (first) => [
  { heading: first, left: true, text: (row) => row.name },
  { heading: 'Weights', text: (row) => Units.bytes(row.runner.weightBytes) },
  { heading: 'Ridge', unit: 'FLOP/B', text: (row) => Units.significant(row.runner.ridgePoint) },
  { heading: 'Decode', unit: 'FLOP/B', text: (row) => Units.significant(row.decode.intensity) },
  { heading: 'Decode', unit: 'tokens/s', text: (row) => fitting(row.decode, Units.significant(row.decode.tokensPerSecond)) },
  { heading: 'waits for', left: true, text: (row) => row.decode.boundBy },
  { heading: 'Prefill', unit: 'tokens/s', text: (row) => fitting(row.prefill, Units.significant(row.prefill.tokensPerSecond)) },
  { heading: 'waits for', left: true, text: (row) => row.prefill.boundBy },
];

const shapeOf = ({ batch, context, prompt }) => 'batch ' + Units.integer(batch) + ', context ' + Units.integer(context) + ', prompt ' + Units.integer(prompt);

function showFormats(explorer, choice) {
  const all = rows(explorer, explorer.formats.map((format) => explorer.runner(choice.threads, format)), choice, (runner) => runner.format);
  const widest = all[0];
  const narrowest = all.reduce((a, b) => (b.decode.bytes < a.decode.bytes ? b : a));
  element('formats-text').textContent = 'Narrower weights are fewer bytes for the same multiply-adds: that speeds up what waits for bytes. With ' + shapeOf(choice) + ' the roof lets ' + narrowest.name + ' decode '
    + Units.times(widest.decode.boundSeconds / narrowest.decode.boundSeconds) + ' as fast as ' + widest.name + ', and read the prompt ' + Units.times(widest.prefill.boundSeconds / narrowest.prefill.boundSeconds) + ' as fast.';
  formula('formats-formula',
    'bytes per step: ' + all.map((row) => row.name + ' ' + Units.bytes(row.decode.bytes)).join(' → '),
    'FLOPs per step: ' + Units.flops(widest.decode.flops) + ' of decode and ' + Units.flops(widest.prefill.flops) + ' of prefill, whatever the format');
  draw('formats-chart', describeRates(all), (palette, size) => Charts.rates(all.map(rateRow), palette, size), 100 + 44 * all.length);
  table('formats-table', 'Formats', rateColumns('Format').concat([{ heading: 'Predicted by', left: true, text: (row) => BASIS[row.decode.basis] }]), all, { chosen: (row) => row.name === choice.format });
}

function showDevices(explorer, choice) {
  const here = explorer.runner(choice.threads, choice.format);
  const all = rows(explorer, [here].concat(explorer.devices(choice.format)), choice, (runner) => (runner === here ? 'this machine' : runner.name));
  const other = all[all.length - 1];
  element('devices-text').textContent = 'The same steps in ' + choice.format + ', with ' + shapeOf(choice) + ', on devices as their datasheets have them. Decode follows the bandwidth and prefill the arithmetic, so the two are as far apart as the ridge is to the right.';
  formula('devices-formula', 'ridge point of ' + other.name + ' = ' + Units.flopsPerSecond(other.runner.flopsPerSecond) + ' in ' + other.runner.computeDtype + ' ÷ ' + Units.bytesPerSecond(other.runner.bytesPerSecond) + ' = ' + Units.intensity(other.runner.ridgePoint)
    + '; here ' + Units.intensity(here.ridgePoint));
  draw('devices-chart', describeRates(all), (palette, size) => Charts.rates(all.map(rateRow), palette, size), 100 + 44 * all.length);
  table('devices-table', 'Devices', rateColumns('Device').concat([
    { heading: 'Decode by', left: true, text: (row) => BASIS[row.decode.basis] },
    { heading: 'Prefill by', left: true, text: (row) => BASIS[row.prefill.basis] },
  ]), all, { chosen: (row) => row.runner === here });
}
