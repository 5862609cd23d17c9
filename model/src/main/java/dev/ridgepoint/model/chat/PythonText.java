package dev.ridgepoint.model.chat;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Values as Python writes them: {@code str}, {@code repr} and {@code json.dumps}. */
final class PythonText {
  private static final int MAX_CHARS = 16 << 20;
  private static final int MAX_DEPTH = 64;

  private PythonText() {}

  /** {@code str}. */
  static String str(Object value) {
    if (value instanceof String text) {
      return text;
    }
    StringBuilder text = new StringBuilder();
    repr(value, text, 0);
    return text.toString();
  }

  private static void repr(Object value, StringBuilder out, int depth) {
    requireSmall(out, depth);
    switch (value) {
      case String text -> out.append(quoted(text));
      case List<?> list -> {
        out.append('[');
        for (int i = 0; i < list.size(); i++) {
          out.append(i == 0 ? "" : ", ");
          repr(list.get(i), out, depth + 1);
        }
        out.append(']');
      }
      case Map<?, ?> map -> {
        out.append('{');
        String separator = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          out.append(separator);
          repr(entry.getKey(), out, depth + 1);
          out.append(": ");
          repr(entry.getValue(), out, depth + 1);
          separator = ", ";
        }
        out.append('}');
      }
      case Undefined _ -> {}
      default -> out.append(scalar(value));
    }
  }

  private static String scalar(Object value) {
    return switch (value) {
      case Boolean flag -> flag ? "True" : "False";
      case None _ -> "None";
      case Long number -> Long.toString(number);
      case Double number -> real(number);
      case Namespace _ -> "<Namespace>";
      default -> "<function>";
    };
  }

  private static String real(double number) {
    if (number == Math.rint(number) && Math.abs(number) < 1e16) {
      return String.format(Locale.ROOT, "%.1f", number);
    }
    return Double.toString(number).replace("E", "e");
  }

  private static String quoted(String text) {
    char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
    StringBuilder quoted = new StringBuilder().append(quote);
    for (int i = 0; i < text.length(); i++) {
      char each = text.charAt(i);
      switch (each) {
        case '\n' -> quoted.append("\\n");
        case '\r' -> quoted.append("\\r");
        case '\t' -> quoted.append("\\t");
        case '\\' -> quoted.append("\\\\");
        default -> quoted.append(each == quote ? "\\" : "").append(each);
      }
    }
    return quoted.append(quote).toString();
  }

  /**
   * {@code json.dumps} with {@code ensure_ascii=False}, as Hugging Face's {@code tojson} has it.
   *
   * @param indent spaces of each level, or a negative number for one line
   */
  static String json(Object value, int indent) {
    StringBuilder out = new StringBuilder();
    json(value, indent, out, 0);
    return out.toString();
  }

  private static void json(Object value, int indent, StringBuilder out, int depth) {
    requireSmall(out, depth);
    switch (value) {
      case String text -> out.append(JsonMapper.shared().writeValueAsString(text));
      case Boolean flag -> out.append(flag ? "true" : "false");
      case None _ -> out.append("null");
      case Long number -> out.append(number.longValue());
      case Double number -> out.append(real(number));
      case List<?> list -> {
        Layout layout = new Layout(out, indent, depth);
        out.append('[');
        for (Object element : list) {
          layout.next();
          json(element, indent, out, depth + 1);
        }
        layout.end(']');
      }
      case Map<?, ?> map -> {
        Layout layout = new Layout(out, indent, depth);
        out.append('{');
        map.forEach(
            (key, element) -> {
              layout.next();
              out.append(JsonMapper.shared().writeValueAsString(str(key))).append(": ");
              json(element, indent, out, depth + 1);
            });
        layout.end('}');
      }
      case Undefined undefined -> throw undefined.refused();
      default -> throw new TemplateException("tojson of " + scalar(value));
    }
  }

  /** Separators and line breaks of a list or map. */
  private static final class Layout {
    private final StringBuilder out;
    private final int indent;
    private final int depth;
    private boolean hasElements;

    Layout(StringBuilder out, int indent, int depth) {
      this.out = out;
      this.indent = indent;
      this.depth = depth;
    }

    void next() {
      if (hasElements) {
        out.append(indent < 0 ? ", " : ",");
      }
      hasElements = true;
      breakLine(depth + 1);
    }

    void end(char close) {
      if (hasElements) {
        breakLine(depth);
      }
      out.append(close);
    }

    private void breakLine(int level) {
      if (indent >= 0) {
        out.append('\n').repeat(' ', level * indent);
      }
    }
  }

  private static void requireSmall(StringBuilder out, int depth) {
    if (out.length() > MAX_CHARS || depth > MAX_DEPTH) {
      throw new TemplateException("writes a value that is too large");
    }
  }
}
