package dev.ridgepoint.bench.roofline;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks a class of benchmarks whose work is known; {@link RooflineProfiler} asks the counter. */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface CountedBy {
  /** What tells the work of an invocation. */
  Class<? extends WorkCounter> value();
}
