/* What pages are made of: elements, charts and tables. */

const element = (id) => document.getElementById(id);

/** An element with attributes and children; strings become text, never markup. */
function make(tag, attributes, ...children) {
  const made = document.createElement(tag);
  Object.entries(attributes || {}).forEach(([name, value]) => value === false || value === null || made.setAttribute(name, value));
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Lines of a formula. */
function formula(id, ...lines) {
  element(id).replaceChildren(...lines.map((line) => make('span', {}, line)));
}

function options(id, values, selected) {
  element(id).replaceChildren(...values.map(([value, text]) => make('option', { value, selected: value === selected ? '' : false }, text)));
}

/* Charts: each is drawn anew when its size, the colours or its data change. */

const charts = new Map();

function colours() {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(COLOUR_NAMES.map((name) => [name, style.getPropertyValue('--' + name).trim()]));
}
const COLOUR_NAMES = ['page', 'text', 'quiet', 'rule', 'stripe', 'decode', 'prefill', 'operation', 'alarm', 'memoryRegion', 'computeRegion'];

/**
 * @param id of the element to draw in
 * @param description for those who do not see it
 * @param option of colours and size
 * @param height in pixels, if it depends on the data
 */
function draw(id, description, option, height) {
  const holder = element(id);
  if (height) holder.style.height = height + 'px';
  if (!charts.has(id)) {
    charts.set(id, { chart: echarts.init(holder, null, { renderer: 'svg' }) });
    holder.setAttribute('role', 'img');
  }
  holder.setAttribute('aria-label', description);
  charts.get(id).option = option;
  redraw(charts.get(id));
}

function redraw({ chart, option }) {
  // On paper the style sheet scales what was drawn for the window.
  if (!matchMedia('print').matches) chart.resize();
  const drawn = option(colours(), { width: chart.getWidth(), height: chart.getHeight() });
  chart.setOption(Object.assign({ tooltip: tooltip() }, drawn), true);
  chart.getDom().querySelector('svg').setAttribute('viewBox', '0 0 ' + chart.getWidth() + ' ' + chart.getHeight());
}

const redrawAll = () => charts.forEach(redraw);

function tooltip() {
  return {
    trigger: 'item',
    confine: true,
    backgroundColor: colours().page,
    borderColor: colours().quiet,
    textStyle: { color: colours().text },
    formatter: ({ data }) => (data ? tip(data) : ''),
  };
}

/* Tables. */

/**
 * @param columns heading, unit (below it), text (of a row) and, where it sorts otherwise, key; left
 * @param sortedBy heading of the column that the rows are sorted by
 */
function table(id, label, columns, rows, { chosen, sortedBy } = {}) {
  const head = make('tr', {}, ...columns.map((column) => make('th', { scope: 'col', class: column.left ? 'left' : null, 'aria-sort': column.heading === sortedBy ? 'ascending' : null },
    sortedBy ? make('button', { type: 'button' }, column.heading) : column.heading, column.unit ? make('span', { class: 'unit' }, column.unit) : null)));
  const body = make('tbody', {}, ...rows.map((row) => {
    const line = make('tr', { class: chosen && chosen(row) ? 'chosen' : null }, ...columns.map((column) => {
      const content = column.text(row);
      const isName = column === columns[0];
      return make(isName ? 'th' : 'td', { scope: isName ? 'row' : null, class: column.left ? 'left' : null }, content);
    }));
    line.row = row;
    return line;
  }));
  const made = make('table', { 'aria-label': label }, make('thead', {}, head), body);
  if (sortedBy) {
    columns.forEach((column, i) => head.cells[i].querySelector('button').addEventListener('click', () => sort(head, i, body, column)));
  }
  const holder = element(id);
  holder.replaceChildren(made);
  holder.tabIndex = 0;
  holder.setAttribute('role', 'group');
  holder.setAttribute('aria-label', label);
}

function sort(head, index, body, column) {
  const cell = head.cells[index];
  const down = cell.getAttribute('aria-sort') === 'ascending';
  const key = ({ row }) => (column.key ? column.key(row) : column.text(row));
  const order = (a, b) => (typeof a === 'number' ? a - b : String(a).localeCompare(String(b)));
  const lines = [...body.rows].sort((a, b) => order(key(a), key(b)) * (down ? -1 : 1));
  for (const other of head.cells) other.removeAttribute('aria-sort');
  cell.setAttribute('aria-sort', down ? 'descending' : 'ascending');
  body.append(...lines);
}
