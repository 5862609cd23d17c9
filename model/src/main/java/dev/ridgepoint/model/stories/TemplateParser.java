package dev.ridgepoint.model.stories;

import dev.ridgepoint.model.stories.Template.Casting;
import dev.ridgepoint.model.stories.Template.Choice;
import dev.ridgepoint.model.stories.Template.Condition;
import dev.ridgepoint.model.stories.Template.Mention;
import dev.ridgepoint.model.stories.Template.Part;
import dev.ridgepoint.model.stories.Template.Rows;
import dev.ridgepoint.model.stories.Template.Tag;
import dev.ridgepoint.model.stories.Template.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads the notation that {@link Template} describes. */
final class TemplateParser {
  private final String text;
  private int at;

  private TemplateParser(String text) {
    this.text = text;
  }

  static Template parse(String text) {
    TemplateParser parser = new TemplateParser(text);
    Template template = parser.template("");
    if (parser.at < text.length()) {
      throw new IllegalArgumentException("unexpected } in " + text);
    }
    return template;
  }

  /** Up to one of the characters {@code ends}, or to the end of the text. */
  private Template template(String ends) {
    List<Condition> conditions = new ArrayList<>();
    while (at < text.length() && text.charAt(at) == '[') {
      conditions.add(condition(until(']')));
    }
    if (!conditions.isEmpty() && at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
    List<Part> parts = new ArrayList<>();
    int start = at;
    while (at < text.length() && text.charAt(at) != '}' && ends.indexOf(text.charAt(at)) < 0) {
      if (text.charAt(at) == '{') {
        addText(parts, start);
        parts.add(braces());
        start = at;
      } else {
        at++;
      }
    }
    addText(parts, start);
    return new Template(conditions, parts);
  }

  private void addText(List<Part> parts, int start) {
    if (start < at) {
      parts.add(new Text(text.substring(start, at)));
    }
  }

  private String until(char end) {
    int start = at + 1;
    at = text.indexOf(end, start) + 1;
    if (at == 0) {
      throw new IllegalArgumentException("no " + end + " in " + text);
    }
    return text.substring(start, at - 1);
  }

  private Part braces() {
    int start = at++;
    List<Template> alternatives = new ArrayList<>();
    alternatives.add(template("|"));
    while (at < text.length() && text.charAt(at) == '|') {
      at++;
      alternatives.add(template("|"));
    }
    if (at == text.length()) {
      throw new IllegalArgumentException("no } in " + text);
    }
    at++;
    if (alternatives.size() > 1) {
      return new Choice(alternatives);
    }
    String inner = text.substring(start + 1, at - 1);
    return inner.contains("=") ? casting(inner) : mention(inner);
  }

  private static Casting casting(String text) {
    String[] sides = text.split("=", 2);
    List<Rows> sources =
        Arrays.stream(sides[1].split("\\+")).map(source -> rows(words(source))).toList();
    return new Casting(sides[0].strip(), sources);
  }

  private static Rows rows(List<String> words) {
    return new Rows(words.getFirst(), tags(words));
  }

  private static Condition condition(String text) {
    List<String> words = words(text);
    return new Condition(words.getFirst(), tags(words));
  }

  private static List<Tag> tags(List<String> words) {
    return words.stream()
        .skip(1)
        .map(tag -> tag.startsWith("!") ? new Tag(tag.substring(1), true) : new Tag(tag, false))
        .toList();
  }

  private static Mention mention(String text) {
    List<String> words = words(text);
    String first = words.getFirst();
    int dot = first.indexOf('.');
    String name = dot < 0 ? first : first.substring(0, dot);
    char initial = name.charAt(0);
    return new Mention(
        Character.toLowerCase(initial) + name.substring(1),
        List.copyOf(words.subList(1, words.size())),
        dot < 0 ? Entity.NAME : first.substring(dot + 1),
        Character.isUpperCase(initial));
  }

  private static List<String> words(String text) {
    return List.of(text.strip().split("\\s+"));
  }
}
