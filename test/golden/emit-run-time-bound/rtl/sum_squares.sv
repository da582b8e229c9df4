// Written by fastmamba.

// PMA: Sums squares, weighted by a table.
module sum_squares (
  input  logic        clk,
  input  logic        rst,
  input  logic        start,  // one cycle; the first iteration is in the next
  output logic        done,  // high while nothing runs
  input  logic [3:0]  rows,  // 0..9: rows
  input  logic [3:0]  words,  // 1..12: words a row
  input  logic [53:0] input_data,  // s9 x 2 x 3: small matrices
  input  logic        input_valid,
  output logic        input_ready,
  output logic [25:0] output_data,  // u26: a sum a row
  output logic        output_valid,
  input  logic        output_ready
);

  // weight of each word
  function automatic logic [3:0] weights(input logic [3:0] index);
    case (index)
      4'd0: weights = 4'd1;
      4'd1: weights = 4'd2;
      4'd2: weights = 4'd4;
      4'd3: weights = 4'd8;
      4'd4: weights = 4'd15;
      4'd5: weights = 4'd7;
      4'd6: weights = 4'd5;
      4'd7: weights = 4'd3;
      4'd8: weights = 4'd2;
      4'd9: weights = 4'd1;
      4'd10: weights = 4'd1;
      4'd11: weights = 4'd1;
      default: weights = '0;
    endcase
  endfunction

  // Prologue: a register after every operation; the call starts when all have settled.
  logic any;  // the nest has iterations in this call
  always_ff @(posedge clk) any <= 4'd0 < rows;
  logic [3:0] row_end;
  always_ff @(posedge clk) row_end <= 4'(rows - 4'd1);
  logic [3:0] word_end;
  always_ff @(posedge clk) word_end <= 4'(words - 4'd1);

  // One enable moves the whole process; it is held while a stage in use waits for a channel or for memory.
  wire en;

  // A nest begins in the cycle after the one before it has left the pipeline.
  wire running;
  wire enter, finish;
  nest_sequence #(.NESTS(1)) nests (
    .clk, .rst, .start, .running,
    .any(any),
    .enter(enter),
    .finish(finish)
  );
  assign done = ~running;

  // Nest Sum (row, word): 6 stages, an iteration every cycle.
  wire issue;  // an iteration begins
  logic [3:0] word;
  wire word_last = word == word_end;
  always_ff @(posedge clk)
    if (enter) word <= '0;
    else if (en & issue) word <= word_last ? '0 : word + 4'd1;
  logic [3:0] row;
  wire row_last = row == row_end;
  always_ff @(posedge clk)
    if (enter) row <= '0;
    else if (en & issue & word_last) row <= row_last ? '0 : row + 4'd1;
  nest_control #(.STAGES(6), .INTERVAL(1)) control (
    .clk, .rst, .en, .enter(enter), .last(word_last & row_last),
    .issue(issue), .finish(finish)
  );
  logic [5:1] at;  // at[s]: an iteration stands in stage s
  always_ff @(posedge clk)
    if (rst) at <= '0;
    else if (en) at <= 5'({at, issue});

  // Carried from iteration to iteration.
  logic [25:0] running_2;

  // Stage 0: word, x
  wire input_wanted = issue;
  wire [53:0] x = input_data;
  for (genvar i = 0; i < 6; ++i) begin : x_times_x_lanes
    wire signed [17:0] x_times_x;
    wire signed [8:0] x_times_x_a = $signed(x[9 * i +: 9]);
    wire signed [8:0] x_times_x_b = $signed(x[9 * i +: 9]);
    lut_multiplier #(.A_WIDTH(9), .A_SIGNED(1), .B_WIDTH(9), .B_SIGNED(1), .P_WIDTH(18))
      x_times_x_product (.a(x_times_x_a), .b(x_times_x_b), .p(x_times_x));
    logic signed [17:0] x_times_x_s1;
    always_ff @(posedge clk) if (en) x_times_x_s1 <= x_times_x;
  end
  wire [3:0] weights_entry = weights(word);
  logic [3:0] weights_entry_s1;
  logic [3:0] weights_entry_s2;
  always_ff @(posedge clk) if (en) begin
    weights_entry_s1 <= weights_entry;
    weights_entry_s2 <= weights_entry_s1;
  end
  wire word_is_0 = word == 4'd0;
  wire word_is_0_s5;
  delay #(.WIDTH(1), .CYCLES(5)) word_is_0_s5_delay (.clk, .en, .in(word_is_0), .out(word_is_0_s5));
  wire [3:0] word_count_less_1 = words - 4'd1;
  wire writes_output = word == word_count_less_1;
  wire writes_output_s5;
  delay #(.WIDTH(1), .CYCLES(5)) writes_output_s5_delay (.clk, .en, .in(writes_output), .out(writes_output_s5));

  // Stage 1
  for (genvar i = 0; i < 2; ++i) begin : x_times_x_total_rows
    wire [53:0] x_times_x_total_leaves;
    for (genvar k = 0; k < 3; ++k) begin : x_times_x_total_leaves_lanes
      assign x_times_x_total_leaves[18 * k +: 18] = x_times_x_lanes[i * 3 + k].x_times_x_s1;
    end
    wire signed [18:0] x_times_x_total;
    reduce_tree #(.OP("add"), .LANES(3), .WIDTH(18), .SIGNED(1), .OUT_WIDTH(19), .STAGES(0), .LEVELS_PER_STAGE(1))
      x_times_x_total_tree (.clk, .en, .in(x_times_x_total_leaves), .out(x_times_x_total));
    logic signed [18:0] x_times_x_total_s2;
    always_ff @(posedge clk) if (en) x_times_x_total_s2 <= x_times_x_total;
  end

  // Stage 2: weighted
  wire [37:0] x_times_x_total_total_leaves;
  for (genvar k = 0; k < 2; ++k) begin : x_times_x_total_total_leaves_lanes
    assign x_times_x_total_total_leaves[19 * k +: 19] = x_times_x_total_rows[k].x_times_x_total_s2;
  end
  wire signed [19:0] x_times_x_total_total;
  reduce_tree #(.OP("add"), .LANES(2), .WIDTH(19), .SIGNED(1), .OUT_WIDTH(20), .STAGES(0), .LEVELS_PER_STAGE(1))
    x_times_x_total_total_tree (.clk, .en, .in(x_times_x_total_total_leaves), .out(x_times_x_total_total));
  // exact
  wire signed [23:0] weighted;
  wire signed [4:0] weighted_b = $signed(5'(weights_entry_s2));
  dsp_multiplier #(.A_WIDTH(20), .B_WIDTH(5), .P_WIDTH(24), .STAGES(3))
    weighted_product (.clk, .en, .a(x_times_x_total_total), .b(weighted_b), .p(weighted));

  // Stage 5: sum
  wire [25:0] sum_chosen = word_is_0_s5 ? 26'd0 : running_2;
  wire signed [27:0] sum_chosen_plus_weighted = 28'(sum_chosen) + 28'(weighted);
  wire unused_sum_chosen_plus_weighted = ^sum_chosen_plus_weighted[27:26];
  wire [25:0] sum = 26'(sum_chosen_plus_weighted);
  wire output_wanted = at[5] & writes_output_s5;
  wire [25:0] output_word = sum;

  // What the next iteration sees.
  always_ff @(posedge clk)
    if (enter) running_2 <= 26'd0;
    else if (en & at[5]) running_2 <= sum;

  // Who waits: for a word, for room, for memory. A word moves in a cycle in which the whole process does.
  wire lacks_word = (input_wanted & ~input_valid);
  wire lacks_room = (output_wanted & ~output_ready);
  wire lacks_memory = 1'b0;
  assign en = running & ~(lacks_word | lacks_room | lacks_memory);
  assign input_ready = en & input_wanted;
  assign output_valid = en & output_wanted;
  assign output_data = output_word;
endmodule
