/** The other charts as options of ECharts: pure functions of the report's numbers. */
const Charts = (() => {
  const FONT = Roofline.FONT;

  const text = (colours, font, more) => Object.assign({ color: colours.text, fontSize: font, fontFamily: FONT }, more);

  function valueAxis(colours, font, formatter, more) {
    return Object.assign(
      {
        type: 'value',
        axisLine: { show: false },
        axisTick: { show: false },
        splitLine: { lineStyle: { color: colours.rule } },
        axisLabel: text(colours, font, { color: colours.quiet, formatter, hideOverlap: true }),
        nameLocation: 'middle',
        nameGap: font * 2.3,
        nameTextStyle: text(colours, font, { color: colours.quiet }),
      },
      more,
    );
  }

  function names(data, colours, font) {
    return {
      type: 'category',
      data,
      inverse: true,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: text(colours, font),
    };
  }

  const fontOf = (size) => (size.width < 500 ? 11 : 13);
  const legend = (colours, font) => ({ top: 0, left: 0, itemWidth: 14, itemHeight: 10, selectedMode: false, textStyle: text(colours, font) });

  /** One step, operation by operation: the time that each takes, and the least that its roof allows. */
  function journey(point, colours, size) {
    const font = fontOf(size);
    const rows = point.operations;
    const total = rows.reduce((sum, each) => sum + Roofline.predictedSeconds(each), 0);
    const narrow = size.width < 500;
    return {
      animation: false,
      legend: Object.assign(legend(colours, font), { data: ['time', 'least under the roof'] }),
      grid: { left: narrow ? 92 : 130, right: narrow ? 74 : 190, top: 30, bottom: 30 },
      xAxis: valueAxis(colours, font, (value) => (value === 0 ? '0' : Units.seconds(value).replace(/\.0+(?= )/, '')), { splitNumber: narrow ? 2 : 5 }),
      yAxis: names(rows.map((each) => each.name), colours, font),
      series: [
        {
          name: 'time',
          type: 'bar',
          barWidth: '62%',
          itemStyle: { color: colours.decode },
          data: rows.map((each) => ({
            value: Roofline.predictedSeconds(each),
            operation: each,
            itemStyle: { color: each.boundBy === 'memory' ? colours.decode : colours.prefill, borderRadius: [0, 3, 3, 0] },
          })),
          label: {
            show: true,
            position: 'right',
            color: colours.text,
            fontSize: font,
            fontFamily: FONT,
            formatter: (params) => {
              const each = params.data.operation;
              const share = Units.percent(Roofline.predictedSeconds(each) / total);
              return narrow ? share : share + ' · ' + Units.bytes(each.bytes) + ' · ' + Units.significant(each.flops / each.bytes) + ' FLOP/B';
            },
          },
        },
        {
          name: 'least under the roof',
          type: 'scatter',
          symbol: 'rect',
          symbolSize: [2.5, narrow ? 18 : 22],
          itemStyle: { color: colours.text },
          silent: true,
          data: rows.map((each) => each.predictedSeconds.bound),
        },
      ],
    };
  }

  /** Rates of decode and prefill, a row for each name, on a logarithmic axis: distances are ratios. */
  function rates(rows, colours, size) {
    const font = fontOf(size);
    const values = rows.reduce((all, row) => all.concat([row.decode, row.prefill]), []).filter((value) => value !== null);
    const dots = (phase, symbol) => ({
      name: phase,
      type: 'scatter',
      symbol,
      symbolSize: symbol === 'circle' ? 13 : 16,
      itemStyle: { color: colours[phase], opacity: 1 },
      z: 3,
      data: rows.map((row) => ({ value: row[phase] === null ? '-' : row[phase], row, symbol: row.unmeasured[phase] ? 'empty' + symbol[0].toUpperCase() + symbol.slice(1) : symbol })),
      label: { show: true, position: phase === 'decode' ? 'left' : 'right', color: colours.text, fontSize: font, fontFamily: FONT, formatter: (params) => (params.value === '-' ? '' : Units.significant(params.value)) },
    });
    return {
      animation: false,
      legend: Object.assign(legend(colours, font), { data: ['decode', 'prefill'] }),
      grid: { left: size.width < 500 ? 92 : 190, right: 44, top: 30, bottom: 48 },
      xAxis: valueAxis(colours, font, (value) => Units.integer(value), {
        type: 'log',
        name: 'tokens per second',
        min: Math.pow(10, Math.floor(Math.log10(Math.min(...values) / 2))),
        max: Math.pow(10, Math.ceil(Math.log10(Math.max(...values)))),
      }),
      yAxis: Object.assign(names(rows.map((row) => row.name), colours, font), {
        axisLabel: text(colours, font, { width: size.width < 500 ? 84 : 178, overflow: 'break' }),
        splitLine: { show: true, lineStyle: { color: colours.rule } },
      }),
      series: [dots('decode', 'circle'), dots('prefill', 'diamond')],
    };
  }

  /** Measured over predicted time of each point; 1 is a perfect prediction. */
  function accuracy(points, colours, size) {
    const font = fontOf(size);
    const narrow = size.width < 500;
    const ratio = (point, key) => (point.predictedSeconds[key] === null ? '-' : point.seconds / point.predictedSeconds[key]);
    const all = points.reduce((list, point) => list.concat(['bound', 'calibrated', 'lowest', 'highest'].map((key) => ratio(point, key))), []).filter((value) => value !== '-');
    const series = (name, key, symbol) => ({
      name,
      type: 'scatter',
      symbolSize: 12,
      symbol,
      itemStyle: { color: colours.text },
      data: points.map((point) => ({ value: ratio(point, key), point, itemStyle: { color: colours[point.phase], opacity: 1 } })),
    });
    const calibrated = series('by its kernels', 'calibrated', 'circle');
    calibrated.markLine = {
      silent: true,
      symbol: 'none',
      label: { show: false },
      lineStyle: { color: colours.text, type: [3, 3], width: 1 },
      data: [{ xAxis: 1 }],
    };
    const known = points.filter((point) => point.predictedSeconds.calibrated !== null);
    const intervals = {
      type: 'custom',
      silent: true,
      z: 1,
      data: known.map((point) => [ratio(point, 'highest'), ratio(point, 'lowest'), points.indexOf(point)]),
      renderItem: (params, api) => {
        const [from, y] = api.coord([api.value(0), api.value(2)]);
        const [to] = api.coord([api.value(1), api.value(2)]);
        return { type: 'rect', shape: { x: from, y: y - 4, width: Math.max(1, to - from), height: 8, r: 4 }, style: { fill: colours[known[params.dataIndex].phase], opacity: 0.35 } };
      },
    };
    return {
      animation: false,
      legend: Object.assign(legend(colours, font), { data: ['by its kernels', 'by its roof'] }),
      grid: { left: narrow ? 120 : 250, right: 20, top: 30, bottom: 48 },
      xAxis: valueAxis(colours, font, (value) => String(Number(value.toFixed(2))), {
        name: 'measured time ÷ predicted time',
        min: Math.floor(Math.min(0.8, ...all) * 10) / 10,
        max: Math.ceil(Math.max(1.2, ...all) * 10) / 10,
      }),
      yAxis: Object.assign(
        names(points.map((point) => point.number + '  ' + Roofline.nameOf(point) + (narrow ? '' : ', ' + Units.count(point.threads, 'thread'))), colours, font),
        { splitLine: { show: true, lineStyle: { color: colours.rule } }, axisLabel: text(colours, font, { width: narrow ? 112 : 240, overflow: 'truncate' }) },
      ),
      series: [series('by its roof', 'bound', 'emptyCircle'), calibrated, intervals],
    };
  }

  /** Read bandwidth over the working set, as measured. */
  function bandwidth(samples, colours, size) {
    const font = fontOf(size);
    const teams = samples.map((each) => each.threads).filter((each, i, all) => all.indexOf(each) === i).sort((a, b) => b - a);
    return {
      animation: false,
      legend: Object.assign(legend(colours, font), { data: teams.map((each) => Units.count(each, 'thread')) }),
      grid: { left: 60, right: 20, top: 30, bottom: 48 },
      xAxis: valueAxis(colours, font, (value) => Units.size(value), { type: 'log', logBase: 2, name: 'bytes read again and again' }),
      yAxis: valueAxis(colours, font, (value) => Units.bytesPerSecond(value).replace(/\.0+(?= )/, ''), { type: 'log' }),
      series: teams.map((team, index) => ({
        name: Units.count(team, 'thread'),
        type: 'line',
        symbol: index === 0 ? 'circle' : 'emptyCircle',
        symbolSize: 7,
        lineStyle: { color: index === 0 ? colours.text : colours.quiet, width: 2, type: index === 0 ? 'solid' : [6, 3] },
        itemStyle: { color: index === 0 ? colours.text : colours.quiet },
        data: samples.filter((each) => each.threads === team).map((each) => [each.workingSetBytes, each.bytesPerSecond]),
      })),
    };
  }

  return { journey, rates, accuracy, bandwidth, fontOf, text, valueAxis, names, legend };
})();
