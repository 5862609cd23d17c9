/** The charts of a training run as options of ECharts: pure functions of its numbers. */
const TrainCharts = (() => {
  const PHASES = ['forward', 'recompute', 'backward', 'update'];
  const { fontOf, legend, names: namesAxis, valueAxis } = Charts;

  /** A number of every step, of one run or several: `lines` have a name, a colour, and its value of a step. */
  function curves(steps, lines, formatter, colours, size) {
    const font = fontOf(size);
    const named = lines.length > 1;
    return {
      animation: false,
      legend: named ? Object.assign(legend(colours, font), { data: lines.map((line) => line.name) }) : undefined,
      grid: { left: 78, right: 20, top: named ? 34 : 16, bottom: 48 },
      xAxis: valueAxis(colours, font, (value) => String(value), { name: 'step', min: 'dataMin', max: 'dataMax' }),
      yAxis: valueAxis(colours, font, formatter, { scale: true }),
      series: lines.map((line) => ({
        name: line.name,
        type: 'line',
        symbol: steps.length > 60 ? 'none' : 'circle',
        symbolSize: 5,
        lineStyle: { color: line.colour, width: 2 },
        itemStyle: { color: line.colour },
        data: steps.map((step) => ({ value: [step.step, line.valueOf(step)], step })),
      })),
    };
  }

  /** The same of one. */
  const curve = (steps, valueOf, formatter, colours, size) => curves(steps, [{ name: '', colour: colours.text, valueOf }], formatter, colours, size);

  const nameOf = (operation) => operation.operation.replace(/ (again|backward)$/, '');

  /** Seconds of each operation, its phases side by side in one bar. */
  function operations(all, colours, size) {
    const font = fontOf(size);
    const names = [...new Set(all.map(nameOf))];
    const colourOf = { forward: colours.prefill, recompute: colours.quiet, backward: colours.decode, update: colours.operation };
    const secondsOf = (name, phase) => all.filter((each) => nameOf(each) === name && each.phase === phase).reduce((sum, each) => sum + each.seconds, 0);
    const shown = PHASES.filter((phase) => all.some((each) => each.phase === phase));
    return {
      animation: false,
      legend: Object.assign(legend(colours, font), { data: shown }),
      grid: { left: size.width < 500 ? 104 : 150, right: 24, top: 30, bottom: 30 },
      xAxis: valueAxis(colours, font, (value) => (value === 0 ? '0' : Units.seconds(value))),
      yAxis: namesAxis(names, colours, font),
      series: shown.map((phase) => ({
        name: phase,
        type: 'bar',
        stack: 'time',
        barWidth: '62%',
        itemStyle: { color: colourOf[phase] },
        data: names.map((name) => ({ value: secondsOf(name, phase), share: { name, phase, seconds: secondsOf(name, phase) } })),
      })),
    };
  }

  return { curve, curves, operations, PHASES };
})();
