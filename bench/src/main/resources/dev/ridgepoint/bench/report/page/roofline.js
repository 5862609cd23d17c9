/**
 * The roofline as an option of ECharts. A pure function of its arguments: the page draws with it, and
 * so does RooflineSvg, without a browser.
 */
const Roofline = (() => {
  // Single quotes, since the library puts it between double ones.
  const FONT = "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif";
  const WIDE_ERROR = 0.1;

  /** The name among others, where a decode's context is said only if it is not the usual one. */
  function shortName(point, points) {
    const first = points.filter((each) => each.phase === 'decode')[0];
    if (point.phase !== 'decode' || point.context !== first.context) return nameOf(point);
    return 'batch ' + point.batch;
  }

  function nameOf(point) {
    if (point.phase === 'decode') {
      return 'batch ' + point.batch + (point.context ? ', context ' + Units.integer(point.context) : '');
    }
    return 'prompt ' + Units.integer(point.newTokens) + (point.batch > 1 ? ' × ' + point.batch : '');
  }

  const predictedSeconds = (point) =>
    point.predictedSeconds.calibrated === null ? point.predictedSeconds.bound : point.predictedSeconds.calibrated;

  /** What is drawn, with room around it, and the power of ten below it if that is near: it has a label. */
  function extent(values) {
    const least = Math.min.apply(null, values) / 1.7;
    const power = Math.pow(10, Math.floor(Math.log10(least)));
    return { min: least / power < 2 ? power / 1.1 : least, max: Math.max.apply(null, values) * 1.7 };
  }

  /** The axes that hold the roof and all points: shared by whatever is drawn under these roofs. */
  function axesOf(roofs, intensities, rates) {
    const x = extent(intensities.concat(roofs.map((roof) => roof.ridgePoint / 2), roofs.map((roof) => roof.ridgePoint * 4)));
    const y = extent(rates.concat(roofs.map((roof) => roof.peakFlopsPerSecond)));
    return { x, y };
  }

  function axis(range, name, colours, font, formatter, isX) {
    return {
      type: 'log',
      min: range.min,
      max: range.max,
      name,
      nameLocation: isX ? 'middle' : 'end',
      nameGap: isX ? font * 2.4 : 10,
      nameTextStyle: { color: colours.quiet, fontSize: font, fontFamily: FONT, align: isX ? 'center' : 'right' },
      axisLine: { show: isX, lineStyle: { color: colours.quiet } },
      axisTick: { show: false },
      axisLabel: { color: colours.quiet, fontSize: font, fontFamily: FONT, formatter, hideOverlap: true },
      splitLine: { lineStyle: { color: colours.rule } },
      minorTick: { show: false },
    };
  }

  function line(data, style, more) {
    return Object.assign(
      { type: 'line', data, showSymbol: false, silent: true, lineStyle: style, z: 2, animation: false },
      more,
    );
  }

  /** Text along a memory roof; a line on log-log paper rises at the angle of its decades' lengths. */
  function along(roof, level, axes, plot, colours, font, strong) {
    const width = plot.width / Math.log10(axes.x.max / axes.x.min);
    const height = plot.height / Math.log10(axes.y.max / axes.y.min);
    const start = Math.max(axes.x.min, axes.y.min / level.bytesPerSecond);
    const end = Math.min(axes.x.max, roof.peakFlopsPerSecond / level.bytesPerSecond);
    const x = start * Math.pow(end / start, strong ? 0.42 : 0.5);
    return {
      value: [x, x * level.bytesPerSecond],
      label: {
        show: true,
        formatter: level.name + ' ' + Units.bytesPerSecond(level.bytesPerSecond),
        rotate: (Math.atan2(height, width) * 180) / Math.PI,
        offset: [0, -font * 0.95],
        position: 'inside',
        color: strong ? colours.text : colours.quiet,
        fontWeight: strong ? 600 : 400,
        fontSize: font,
        fontFamily: FONT,
        textBorderColor: colours.page,
        textBorderWidth: 3,
      },
    };
  }

  function roofSeries(roof, axes, plot, colours, font) {
    const { x } = axes;
    const peak = roof.peakFlopsPerSecond;
    const series = [];
    const texts = [];
    const roofLine = (level) => {
      const start = Math.max(x.min, axes.y.min / level.bytesPerSecond);
      return [[start, start * level.bytesPerSecond], [peak / level.bytesPerSecond, peak]];
    };
    let leftmost = roof.ridgePoint;
    roof.levels.filter((level) => level.name !== roof.level).forEach((level) => {
      leftmost = Math.min(leftmost, peak / level.bytesPerSecond);
      series.push(line(roofLine(level), { color: colours.quiet, width: 1, type: [4, 4] }, { z: 1 }));
      if (peak / level.bytesPerSecond > x.min * 3) {
        texts.push(along(roof, level, axes, plot, colours, font, false));
      }
    });
    const memory = { name: roof.level, bytesPerSecond: roof.bytesPerSecond };
    const area = (color) => ({ areaStyle: { color, origin: 'start', opacity: 1 } });
    series.push(line(roofLine(memory), { color: colours.text, width: 2.5, cap: 'round' }, area(colours.memoryRegion)));
    series.push(line([[roof.ridgePoint, peak], [x.max, peak]], { color: colours.text, width: 2.5, cap: 'round' }, area(colours.computeRegion)));
    series.push(line([[Math.max(leftmost, x.min), peak], [roof.ridgePoint, peak]], { color: colours.quiet, width: 1, type: [4, 4] }, { z: 1 }));
    series.push(line([[roof.ridgePoint, axes.y.min], [roof.ridgePoint, peak]], { color: colours.text, width: 1, type: [2, 4] }));
    texts.push(along(roof, memory, axes, plot, colours, font, true));
    const plain = { show: true, fontSize: font, fontFamily: FONT, textBorderColor: colours.page, textBorderWidth: 3 };
    texts.push({
      value: [roof.ridgePoint, peak],
      symbol: 'circle',
      symbolSize: 7,
      itemStyle: { color: colours.text },
    });
    texts.push({
      value: [x.max, peak],
      label: Object.assign({}, plain, {
        formatter: 'FMA peak ' + Units.flopsPerSecond(peak),
        position: 'left',
        offset: [0, -font * 0.95],
        color: colours.text,
        fontWeight: 600,
      }),
    });
    texts.push({
      value: [roof.ridgePoint, axes.y.min],
      label: Object.assign({}, plain, {
        formatter: 'ridge ' + Units.intensity(roof.ridgePoint),
        position: 'right',
        offset: [2, -font * 2.4],
        color: colours.text,
      }),
    });
    texts.push({
      value: [roof.ridgePoint, axes.y.min],
      label: Object.assign({}, plain, { formatter: 'waits for memory', position: 'left', offset: [-2, -font], color: colours.decode }),
    });
    texts.push({
      value: [roof.ridgePoint, axes.y.min],
      label: Object.assign({}, plain, { formatter: 'waits for arithmetic', position: 'right', offset: [2, -font], color: colours.prefill }),
    });
    series.push({ type: 'scatter', data: texts, symbolSize: 0, silent: true, z: 3, animation: false, label: { show: false } });
    return series;
  }

  /** From the fastest to the slowest that the median can be; an upper end that is not known is open. */
  function interval(point, axes) {
    const fastest = point.seconds - point.secondsError;
    return [
      point.intensity,
      point.flops / (point.seconds + point.secondsError),
      Math.min(axes.y.max, fastest > 0 ? point.flops / fastest : axes.y.max),
    ];
  }

  const isWide = (point) => point.secondsError > WIDE_ERROR * point.seconds;

  /** Intervals as bars: as wide as they are uncertain, never narrower than the marker's waist. */
  function intervals(points, axes, colours) {
    return {
      type: 'custom',
      silent: true,
      animation: false,
      z: 4,
      data: points.filter((point) => point.secondsError !== null).map((point) => ({ value: interval(point, axes), phase: point.phase, wide: isWide(point) })),
      renderItem: (params, api) => {
        const low = api.coord([api.value(0), api.value(1)]);
        const high = api.coord([api.value(0), api.value(2)]);
        const source = points.filter((point) => point.secondsError !== null)[params.dataIndex];
        const color = colours[source.phase];
        const half = isWide(source) ? 4 : 0.75;
        return {
          type: 'rect',
          shape: { x: low[0] - half, y: high[1], width: 2 * half, height: Math.max(1, low[1] - high[1]), r: isWide(source) ? 4 : 0 },
          style: { fill: color, opacity: isWide(source) ? 0.35 : 1 },
        };
      },
    };
  }

  const SHAPES = { decode: 'circle', prefill: 'diamond' };

  function measured(points, colours, font, faint) {
    const leftmost = Math.min.apply(null, points.map((point) => point.intensity));
    return {
      type: 'scatter',
      id: 'measured',
      z: 6,
      animation: false,
      data: points.map((point) => ({
        value: [point.intensity, point.flopsPerSecond],
        point,
        symbol: SHAPES[point.phase],
        symbolSize: (point.phase === 'decode' ? 11 : 14) * (isWide(point) ? 0.6 : 1),
        itemStyle: {
          color: colours[point.phase],
          opacity: faint ? 0.45 : 1,
          borderColor: point.fractionOfRoof > 1 ? colours.alarm : colours.page,
          borderWidth: point.fractionOfRoof > 1 ? 2.5 : 1,
        },
        label: { show: !faint, formatter: shortName(point, points), color: colours[point.phase], position: point.phase === 'decode' && point.intensity > leftmost ? 'right' : 'bottom' },
      })),
      label: { fontSize: font, fontFamily: FONT, fontWeight: 600, distance: 12, textBorderColor: colours.page, textBorderWidth: 3 },
      labelLayout: { moveOverlap: 'shiftY', hideOverlap: true },
    };
  }

  function predicted(points, colours) {
    return {
      type: 'scatter',
      id: 'predicted',
      silent: true,
      z: 5,
      animation: false,
      data: points.map((point) => ({
        value: [point.intensity, point.flops / predictedSeconds(point)],
        symbol: SHAPES[point.phase],
        symbolSize: point.phase === 'decode' ? 18 : 22,
        itemStyle: { color: 'transparent', borderColor: colours[point.phase], borderWidth: 1.5 },
      })),
    };
  }

  /** The operations of one step, each at its own intensity. */
  function operations(point, colours, font) {
    const longest = Math.max.apply(null, point.operations.map(predictedSeconds));
    return {
      type: 'scatter',
      id: 'operations',
      z: 7,
      animation: false,
      data: point.operations.filter((each) => each.flops > 0).map((each) => ({
        value: [each.flops / each.bytes, each.flops / predictedSeconds(each)],
        operation: each,
        symbolSize: 6 + 18 * Math.sqrt(predictedSeconds(each) / longest),
        itemStyle: { color: colours.operation, opacity: 0.75, borderColor: colours.page, borderWidth: 1 },
        label: { formatter: each.name },
      })),
      label: { show: true, position: 'top', color: colours.text, fontSize: font - 1, fontFamily: FONT, textBorderColor: colours.page, textBorderWidth: 3 },
      labelLayout: { hideOverlap: true },
    };
  }

  /**
   * @param view roof, points and, if any, operationsOf, more (series), faint; axes if they are shared
   * @param colours by name
   * @param size width and height in pixels
   */
  function option(view, colours, size) {
    const font = size.width < 500 ? 11 : 13;
    const margin = size.width < 500 ? { left: 40, right: 14, top: 30, bottom: 44 } : { left: 52, right: 26, top: 34, bottom: 52 };
    const plot = { width: size.width - margin.left - margin.right, height: size.height - margin.top - margin.bottom };
    const operationPoints = view.operationsOf ? view.operationsOf.operations.filter((each) => each.flops > 0) : [];
    const axes = view.axes || axesOf(
      [view.roof],
      view.points.map((point) => point.intensity).concat(operationPoints.map((each) => each.flops / each.bytes)),
      view.points.map((point) => point.flopsPerSecond).concat(operationPoints.map((each) => each.flops / predictedSeconds(each))),
    );
    let series = roofSeries(view.roof, axes, plot, colours, font);
    series.push(intervals(view.points, axes, colours), measured(view.points, colours, font, view.faint));
    if (!view.faint) series.push(predicted(view.points, colours));
    if (view.operationsOf) series.push(operations(view.operationsOf, colours, font));
    if (view.more) series = series.concat(view.more(axes, font));
    const isPower = (value) => Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-6;
    return {
      animation: false,
      textStyle: { fontFamily: FONT },
      grid: margin,
      xAxis: axis(axes.x, 'FLOPs per byte', colours, font, (value) => (isPower(value) ? String(Number(value.toPrecision(2))) : ''), true),
      yAxis: axis(axes.y, 'FLOP/s', colours, font, (value) => (isPower(value) ? Units.flopsPerSecond(value).replace(/\.0+(?= )/, '').replace('FLOP/s', '') : ''), false),
      series,
    };
  }

  return { option, axesOf, nameOf, predictedSeconds, isWide, FONT };
})();
