package dev.ridgepoint.bench.text;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Tables and records as JSON. */
public final class JsonTables {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private JsonTables() {}

  /** An object per row; what has no value is left out. */
  public static ArrayNode rows(Table table) {
    ArrayNode rows = JSON.createArrayNode();
    for (List<Object> values : table.rows()) {
      ObjectNode row = rows.addObject();
      for (int i = 0; i < values.size(); i++) {
        put(row, table.columns().get(i), values.get(i));
      }
    }
    return rows;
  }

  /** An object with a field per cell; what has no value is left out. */
  public static ObjectNode object(List<Cell> cells) {
    ObjectNode object = JSON.createObjectNode();
    cells.forEach(cell -> put(object, cell.column(), cell.value()));
    return object;
  }

  /** A record, or a list of them, as a tree. */
  public static JsonNode tree(Object value) {
    return JSON.valueToTree(value);
  }

  /** A record or a tree as indented text. */
  public static String text(Object value) {
    return JSON.writeValueAsString(value);
  }

  private static void put(ObjectNode object, Column column, Object value) {
    if (value != null) {
      object.set(column.key(), JSON.valueToTree(value));
    }
  }
}
