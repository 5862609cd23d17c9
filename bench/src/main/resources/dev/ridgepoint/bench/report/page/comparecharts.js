/** A comparison's charts as options of ECharts. */
const Compare = (() => {
  const FONT = Roofline.FONT;
  const SHAPES = { decode: 'circle', prefill: 'diamond' };

  /** The first measurements are rings, since the others are compared with them. */
  const MARKS = [
    { name: 'rings', colour: 'text' },
    { name: 'violet', colour: 'operation' },
    { name: 'blue', colour: 'prefill' },
    { name: 'orange', colour: 'decode' },
    { name: 'grey', colour: 'quiet' },
  ];
  const markOf = (number) => MARKS[number === 1 ? 0 : 1 + ((number - 2) % (MARKS.length - 1))];
  const nameOfMark = (number) => markOf(number).name;

  /** Ratios with their intervals, a row for each step, in octaves. */
  function ratios(steps, colours, size) {
    const narrow = size.width < 500;
    const font = narrow ? 11 : 13;
    const ends = steps.flatMap((step) => [step.ratio, step.ratioLow, step.ratioHigh]).filter((end) => end !== null && end > 0);
    // Octaves: as far to the left for half as fast as to the right for twice.
    const octaves = Math.log2;
    const least = octaves(Math.min(0.9, ...ends) / 1.05);
    const most = octaves(Math.max(1.1, ...ends) * 1.05);
    const colourOf = (step) => (step.verdict === 'faster' ? colours.prefill : step.verdict === 'slower' ? colours.decode : colours.quiet);
    const known = steps.map((step, row) => ({ step, row })).filter(({ step }) => step.ratioLow !== null);
    const text = { color: colours.quiet, fontSize: font, fontFamily: FONT };
    return {
      animation: false,
      grid: { left: narrow ? 128 : 300, right: narrow ? 58 : 72, top: 12, bottom: 48 },
      xAxis: {
        type: 'value',
        min: least,
        max: most,
        name: 'times as fast',
        nameLocation: 'middle',
        nameGap: font * 2.3,
        nameTextStyle: text,
        axisLine: { show: false },
        axisTick: { show: false },
        splitLine: { lineStyle: { color: colours.rule } },
        axisLabel: Object.assign({ showMinLabel: false, showMaxLabel: false, formatter: (value) => Units.times(Math.pow(2, value)), hideOverlap: true }, text),
      },
      yAxis: {
        type: 'category',
        data: steps.map((step) => Roofline.nameOf(step) + ', ' + step.dtype + ', ' + Units.count(step.threads, 'thread')),
        inverse: true,
        axisLine: { show: false },
        axisTick: { show: false },
        splitLine: { show: true, lineStyle: { color: colours.rule } },
        axisLabel: Object.assign({}, text, { color: colours.text, width: narrow ? 120 : 290, overflow: 'break', lineHeight: font * 1.3 }),
      },
      series: [
        {
          type: 'custom',
          silent: true,
          z: 2,
          data: known.map(({ step, row }) => [row, Math.max(least, octaves(step.ratioLow)), step.ratioHigh === null ? most : octaves(step.ratioHigh)]),
          renderItem: (params, api) => {
            const low = api.coord([api.value(1), api.value(0)]);
            const high = api.coord([api.value(2), api.value(0)]);
            return {
              type: 'rect',
              shape: { x: low[0], y: low[1] - 3.5, width: Math.max(1, high[0] - low[0]), height: 7, r: 3 },
              style: { fill: colourOf(known[params.dataIndex].step), opacity: 0.35 },
            };
          },
        },
        {
          type: 'scatter',
          z: 3,
          data: steps.map((step) => ({
            value: octaves(step.ratio),
            step,
            symbol: SHAPES[step.phase],
            symbolSize: step.phase === 'decode' ? 11 : 14,
            itemStyle: { color: step.verdict === 'faster' || step.verdict === 'slower' ? colourOf(step) : colours.page, borderColor: colourOf(step), borderWidth: 2, opacity: 1 },
          })),
          markLine: { silent: true, symbol: 'none', label: { show: false }, lineStyle: { color: colours.text, type: 'solid', width: 1 }, data: [{ xAxis: 0 }] },
        },
        {
          type: 'scatter',
          silent: true,
          symbolSize: 0,
          data: steps.map((step) => ({ value: most, label: { formatter: Units.times(step.ratio) } })),
          label: { show: true, position: 'right', color: colours.text, fontSize: font, fontFamily: FONT },
        },
      ],
    };
  }

  /** @param roofed numbers and roofs: the first is drawn out, the others are dashed lines */
  function roofline(roofed, points, colours, size) {
    const roofs = roofed.map((each) => each.roof);
    const axes = Roofline.axesOf(roofs, points.map((point) => point.intensity), points.map((point) => point.flopsPerSecond));
    const others = roofed.slice(1).map(({ number, roof }) => ({
      type: 'line',
      silent: true,
      animation: false,
      showSymbol: false,
      z: 3,
      lineStyle: { color: colours[markOf(number).colour], width: 2, type: [7, 4] },
      data: [
        [Math.max(axes.x.min, axes.y.min / roof.bytesPerSecond), Math.max(axes.y.min, axes.x.min * roof.bytesPerSecond)],
        [roof.ridgePoint, roof.peakFlopsPerSecond],
        [axes.x.max, roof.peakFlopsPerSecond],
      ],
    }));
    const known = points.filter((point) => point.flopsPerSecondLow !== null);
    const bars = {
      type: 'custom',
      silent: true,
      animation: false,
      z: 5,
      data: known.map((point) => [point.intensity, point.flopsPerSecondLow, point.flopsPerSecondHigh === null ? axes.y.max : point.flopsPerSecondHigh]),
      renderItem: (params, api) => {
        const low = api.coord([api.value(0), Math.max(axes.y.min, api.value(1))]);
        const high = api.coord([api.value(0), api.value(2)]);
        return { type: 'rect', shape: { x: low[0] - 1, y: high[1], width: 2, height: Math.max(1, low[1] - high[1]) }, style: { fill: colours[markOf(known[params.dataIndex].number).colour] } };
      },
    };
    const marks = {
      type: 'scatter',
      animation: false,
      z: 6,
      data: points.map((point) => {
        const colour = colours[markOf(point.number).colour];
        return {
          value: [point.intensity, point.flopsPerSecond],
          point,
          symbol: SHAPES[point.phase],
          // Rings, around what lies in them.
          symbolSize: (point.phase === 'decode' ? 12 : 15) * (point.number === 1 ? 1.5 : 1),
          itemStyle: { color: point.number === 1 ? 'transparent' : colour, borderColor: colour, borderWidth: 2, opacity: 1 },
        };
      }),
    };
    return Roofline.option({ roof: roofs[0], points: [], faint: true, axes, more: () => [...others, bars, marks] }, colours, size);
  }

  return { ratios, roofline, nameOfMark };
})();
