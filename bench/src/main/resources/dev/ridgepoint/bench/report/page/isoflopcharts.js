/** The charts of an isoFLOP curve as options of ECharts: pure functions of its numbers. */
const IsoFlopCharts = (() => {
  const { fontOf, legend, names, text, valueAxis } = Charts;

  /** Of the narrow chart's rows most names take two lines. */
  const rowHeight = (narrow) => (narrow ? 36 : 24);

  const decimals = (value) => String(Number(value.toFixed(3)));

  /** Lines that differ by colour, and beyond the palette by dashes. */
  function styleOf(index, colours) {
    const all = [colours.prefill, colours.decode, colours.operation, colours.text, colours.quiet];
    return { color: all[index % all.length], width: 2, type: index < all.length ? 'solid' : [6, 3] };
  }

  /** Where the three parts of the chart lie, from top to bottom. */
  function layout(rows, narrow) {
    const own = { title: 4, top: 34, height: narrow ? 230 : 290 };
    const theirs = { title: own.top + own.height + 26 };
    theirs.legend = theirs.title + 24;
    theirs.top = theirs.legend + (narrow ? 70 : 30);
    theirs.height = narrow ? 150 : 180;
    const best = { title: theirs.top + theirs.height + 26 };
    best.top = best.title + 26;
    best.height = rowHeight(narrow) * rows;
    return { own, theirs, best, height: best.top + best.height + 52 };
  }

  const rowsOf = ({ own, laws }) => (own && own.optimum ? 1 : 0) + laws.length;
  const heightOf = (data, narrow) => layout(rowsOf(data), narrow).height;

  /** Losses over sizes, of the runs and of the laws, and the best sizes: one above the other, on one axis. */
  function curve(data, colours, size) {
    const { sizes, own, laws, foretold } = data;
    const font = fontOf(size);
    const narrow = size.width < 500;
    const places = layout(rowsOf(data), narrow);
    const optimum = own && own.optimum;
    const all = sizes.map((each) => each.parameters).concat(laws.map((law) => law.parameters));
    const range = { min: Math.min(...all) / 1.5, max: Math.max(...all) * 1.5 };
    const label = (more) => text(colours, font, Object.assign({ show: true, textBorderColor: colours.page, textBorderWidth: 3 }, more));

    const xAxis = (gridIndex, isLast) => valueAxis(colours, font, Units.amount, {
      type: 'log',
      gridIndex,
      min: range.min,
      max: range.max,
      name: isLast ? 'parameters N' : '',
      axisLabel: text(colours, font, { show: isLast, color: colours.quiet, formatter: Units.amount, showMinLabel: false, showMaxLabel: false }),
    });
    const lossAxis = (gridIndex) => valueAxis(colours, font, decimals, { gridIndex, scale: true });
    const atOptimum = optimum ? { silent: true, symbol: 'none', label: { show: false }, lineStyle: { color: colours.text, type: [3, 4], width: 1 }, data: [{ xAxis: optimum.parameters }] } : undefined;

    const parabola = own ? [{ name: 'parabola', type: 'line', showSymbol: false, silent: true, lineStyle: { color: colours.quiet, width: 2 }, data: own.curve }] : [];
    const lowest = optimum ? [{
      name: 'lowest',
      type: 'scatter',
      symbol: 'diamond',
      symbolSize: 17,
      itemStyle: { color: colours.prefill, opacity: 1 },
      z: 6,
      label: label({ position: 'bottom', distance: 8, fontWeight: 600, formatter: 'lowest: ' + Units.amount(optimum.parameters) }),
      data: [{ value: [optimum.parameters, optimum.loss], lowest: optimum }],
    }] : [];
    const measured = {
      name: 'measured',
      type: 'scatter',
      symbolSize: 11,
      itemStyle: { color: colours.text, opacity: 1 },
      z: 5,
      label: label({ position: 'top', formatter: ({ data: { size: each } }) => Units.amount(each.parameters) }),
      data: sizes.map((each) => ({ value: [each.parameters, each.loss], size: each })),
      markLine: atOptimum,
    };

    const theirs = foretold.map((each, i) => ({
      name: each.name,
      type: 'line',
      xAxisIndex: 1,
      yAxisIndex: 1,
      symbol: 'circle',
      symbolSize: 6,
      lineStyle: styleOf(i, colours),
      itemStyle: { color: styleOf(i, colours).color },
      data: each.losses.map((value) => ({ value, foretold: each.name })),
      markLine: i === 0 ? atOptimum : undefined,
    }));

    const rows = (optimum ? [{ name: 'your curve', parameters: optimum.parameters, lowest: optimum }] : []).concat(laws.map((law) => ({ name: law.name, parameters: law.parameters, law })));
    const colourOf = (row) => {
      const index = foretold.findIndex((each) => each.name === row.name);
      return index < 0 ? colours.quiet : styleOf(index, colours).color;
    };
    const best = {
      name: 'best size',
      type: 'scatter',
      xAxisIndex: 2,
      yAxisIndex: 2,
      z: 6,
      symbolSize: 11,
      label: label({ position: 'right', formatter: ({ data: { row } }) => Units.amount(row.parameters) }),
      data: rows.map((row) => ({
        value: [row.parameters, row.name],
        row,
        lowest: row.lowest,
        law: row.law,
        symbol: row.law ? 'circle' : 'diamond',
        symbolSize: row.law ? 11 : 17,
        itemStyle: { color: row.law ? colourOf(row) : colours.prefill, opacity: 1 },
      })),
      markLine: atOptimum,
    };

    const left = narrow ? 112 : 225;
    const grid = ({ top, height }) => ({ left, right: narrow ? 18 : 40, top, height });
    const title = (place, words) => ({ text: words, left: 0, top: place.title, padding: 0, textStyle: text(colours, font, { fontWeight: 600, width: size.width, overflow: 'break' }) });
    return {
      animation: false,
      title: [
        title(places.own, 'Held-out stories: nats per token'),
        title(places.theirs, 'The laws, for texts of people: nats per token'),
        title(places.best, 'Best size for this budget'),
      ],
      legend: Object.assign(legend(colours, font), { top: places.theirs.legend, data: foretold.map((each) => each.name) }),
      grid: [grid(places.own), grid(places.theirs), grid(places.best)],
      xAxis: [xAxis(0, false), xAxis(1, false), xAxis(2, true)],
      yAxis: [
        // Room for the label of the lowest point.
        Object.assign(lossAxis(0), { min: ({ min, max }) => min - 0.12 * (max - min || 1), axisLabel: text(colours, font, { color: colours.quiet, formatter: decimals, showMinLabel: false }) }),
        lossAxis(1),
        Object.assign(names(rows.map((row) => row.name), colours, font), {
          gridIndex: 2,
          axisLabel: text(colours, font, { width: left - 10, overflow: 'break', lineHeight: font * 1.3, interval: 0 }),
          splitLine: { show: true, lineStyle: { color: colours.rule } },
        }),
      ],
      series: [...parabola, ...lowest, measured, ...theirs, best],
    };
  }

  /** Training losses over the FLOPs until then, of the last part of the budget: the first losses are so high that they would hide the rest. */
  function learning(sizes, budget, colours, size) {
    const font = fontOf(size);
    const narrow = size.width < 500;
    const first = budget / 50;
    const nameOf = (each) => Units.amount(each.parameters);
    return {
      animation: false,
      legend: Object.assign(legend(colours, font), { data: sizes.map(nameOf) }),
      grid: { left: narrow ? 44 : 60, right: 24, top: narrow ? 56 : 36, bottom: 48 },
      xAxis: valueAxis(colours, font, Units.flops, {
        type: 'log',
        name: 'FLOPs so far',
        min: first,
        max: budget * 1.05,
        axisLabel: text(colours, font, { color: colours.quiet, formatter: Units.flops, showMinLabel: false, showMaxLabel: false }),
      }),
      yAxis: valueAxis(colours, font, decimals, { scale: true }),
      series: sizes.map((each, i) => ({
        name: nameOf(each),
        type: 'line',
        showSymbol: false,
        lineStyle: styleOf(i, colours),
        itemStyle: { color: styleOf(i, colours).color },
        data: each.learning.filter(([flops]) => flops >= first),
      })),
    };
  }

  return { curve, heightOf, learning };
})();
