/** Called by RooflineSvg: the roofline of a report, as the text of an SVG file. */
function rooflineSvg(reportText, coloursText) {
  const report = JSON.parse(reportText);
  const colours = JSON.parse(coloursText);
  const roof = report.roofs[0];
  const size = { width: 960, height: 620 };
  const header = 56;
  const points = report.points.filter((point) => point.threads === roof.threads);
  const option = Roofline.option({ roof, points }, colours, { width: size.width, height: size.height - header });
  option.backgroundColor = colours.page;
  option.grid.top += header;
  const name = report.model.name + ', ' + report.model.dtype + (report.model.kvDtype === 'f32' ? '' : ', keys and values in ' + report.model.kvDtype) + ', ' + Units.count(roof.threads, 'thread');
  const at = (color, fontSize, fontWeight) => ({ color, fontSize, fontWeight, fontFamily: Roofline.FONT });
  option.title = {
    left: 16,
    top: 12,
    text: name,
    textStyle: at(colours.text, 18, 600),
    subtext: report.machine.cpu + ', ' + report.machine.vectorBits + '-bit vectors. Filled: measured; rings: predicted; bars: 90 % intervals.',
    subtextStyle: at(colours.quiet, 13, 400),
  };
  const chart = echarts.init(null, null, Object.assign({ renderer: 'svg', ssr: true }, size));
  chart.setOption(option);
  const svg = chart.renderToSVGString();
  chart.dispose();
  const title = ('Roofline of ' + name).replace(/&/g, '&amp;').replace(/</g, '&lt;');
  return svg.replace('>', ' role="img"><title>' + title.replace(/\$/g, '$$$$') + '</title>');
}
