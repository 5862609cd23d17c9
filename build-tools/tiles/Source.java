import java.util.List;

/**
 * Lines of a Java source. Statements that pass column 100 are broken as google-java-format breaks
 * them, so that what is generated passes the check of the formatting.
 */
final class Source {
  private static final int COLUMNS = 100;

  private final StringBuilder text = new StringBuilder();
  private int indent;

  /** A line as it is, at the current depth. */
  Source line(String line) {
    text.append(line.isEmpty() ? "" : " ".repeat(indent) + line).append('\n');
    return this;
  }

  /** Several lines as they are. */
  Source lines(String lines) {
    lines.lines().forEach(this::line);
    return this;
  }

  /** A line that opens a brace; what follows is indented until {@link #close}. */
  Source open(String line) {
    line(line + " {");
    indent += 2;
    return this;
  }

  Source close() {
    indent -= 2;
    return line("}");
  }

  /** A comment, broken between words. */
  Source comment(String words) {
    return fill("// ", words);
  }

  /** A Javadoc comment of several paragraphs, broken between words. */
  Source javadoc(List<String> paragraphs) {
    line("/**");
    fill(" * ", paragraphs.getFirst());
    for (String paragraph : paragraphs.subList(1, paragraphs.size())) {
      line(" *");
      fill(" * ", "<p>" + paragraph);
    }
    return line(" */");
  }

  private Source fill(String begin, String words) {
    String line = "";
    for (String word : words.split(" ")) {
      if (!line.isEmpty() && !fits(begin + line + " " + word, 0)) {
        line(begin + line);
        line = "";
      }
      line += (line.isEmpty() ? "" : " ") + word;
    }
    return line(begin + line);
  }

  /** A statement {@code left = right;}, in two lines if it is too long for one. */
  Source assign(String left, String right) {
    String line = left + " = " + right + ";";
    return fits(line, 0) ? line(line) : line(left + " =").line("    " + right + ";");
  }

  /** A statement {@code left = receiver.call.call;}, broken at the calls if it is too long. */
  Source assign(String left, String receiver, List<String> calls) {
    String right = receiver + String.join("", calls);
    if (fits(right + ";", 4)) {
      return assign(left, right);
    }
    // A name no longer than an indentation keeps its first call.
    int kept = receiver.length() < 4 ? 1 : 0;
    line(left + " =");
    line("    " + receiver + String.join("", calls.subList(0, kept)));
    for (int call = kept; call < calls.size(); call++) {
      line("        " + calls.get(call) + (call == calls.size() - 1 ? ";" : ""));
    }
    return this;
  }

  /** A statement {@code first.last;}, in two lines if it is too long for one. */
  Source call(String first, String last) {
    String line = first + last + ";";
    return fits(line, 0) ? line(line) : line(first).line("    " + last + ";");
  }

  /** A call behind a label, in two or three lines if it is too long for one. */
  Source labelled(String label, String call) {
    if (fits(label + " " + call, 0)) {
      return line(label + " " + call);
    }
    line(label);
    if (fits(call, 4)) {
      return line("    " + call);
    }
    int arguments = call.indexOf('(') + 1;
    return line("    " + call.substring(0, arguments)).line("        " + call.substring(arguments));
  }

  /** Opens a method; its parameters have a line each if they do not fit into one. */
  Source method(String declaration, List<String> parameters) {
    String line = String.join(", ", parameters) + ") {";
    if (fits(declaration + "(" + line, 0)) {
      line(declaration + "(" + line);
    } else if (fits(line, 4)) {
      line(declaration + "(").line("    " + line);
    } else {
      line(declaration + "(");
      line("    " + String.join(",\n" + " ".repeat(indent + 4), parameters) + ") {");
    }
    indent += 2;
    return this;
  }

  private boolean fits(String line, int more) {
    return indent + more + line.length() <= COLUMNS;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
