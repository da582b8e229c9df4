// Written by fastmamba.

// Blocks of 16 in words of 4 lanes.
module fastmamba_hadamard (
  input  logic        clk,
  input  logic        rst,
  input  logic        start,  // one cycle; scalars and bases hold from here to the end
  output logic        done,  // high while nothing runs
  input  logic        clear,  // gives up the call; the memory goes on
  output logic [0:0]  errors,  // a bit a port: the memory has answered with an error
  output logic [0:0]  awaiting,  // a bit a port: the memory has not answered yet
  output logic [2:0]  unfinished,  // a bit a process: it runs
  input  logic [8:0]  words,  // 0..400: words of 4 lanes
  input  logic [63:0] input_data,  // s16.11 x 4: values
  input  logic        input_valid,
  output logic        input_ready,
  output logic [79:0] output_data,  // s20.11 x 4: transformed values
  output logic        output_valid,
  input  logic        output_ready
);

  // A call: 2 cycles until the prologues have settled, then all processes at once.
  wire hat_lanes_done;
  wire hat_words_1_done;
  wire hat_words_2_done;
  assign errors = {1'b0};
  assign awaiting = {1'b0};
  assign unfinished = ~{hat_words_2_done, hat_words_1_done, hat_lanes_done};
  logic reset;  // of processes and channels, on its way
  always_ff @(posedge clk) reset <= rst | clear;
  logic [1:0] settling;
  wire go = settling[1];
  always_ff @(posedge clk)
    if (rst | clear) settling <= '0;
    else settling <= 2'({settling, start});
  logic busy;
  logic launched;
  wire ended = launched & hat_lanes_done
    & hat_words_1_done
    & hat_words_2_done;
  always_ff @(posedge clk)
    if (rst | clear | ended) launched <= 1'b0;
    else if (go) launched <= 1'b1;
  always_ff @(posedge clk)
    if (rst | clear | ended) busy <= 1'b0;
    else if (start) busy <= 1'b1;
  assign done = ~busy;

  // s20.11 x 4: transformed values
  wire [79:0] output_in_data;
  wire output_in_valid, output_in_ready, output_in_reserve;
  fifo #(.WIDTH(80), .DEPTH(3), .STORAGE("lutram"), .RESERVED(1'b1), .ID(2)) fifo_output (
    .clk, .rst(reset), .in_reserve(output_in_reserve),
    .in_data(output_in_data), .in_valid(output_in_valid), .in_ready(output_in_ready),
    .out_data(output_data), .out_valid(output_valid), .out_ready(output_ready)
  );

  // s18 x 4: Sums and differences over 4 neighbours, within a word.
  wire [71:0] hat_stage_2_in_data, hat_stage_2_data;
  wire hat_stage_2_in_valid, hat_stage_2_in_ready, hat_stage_2_valid, hat_stage_2_ready;
  fifo #(.WIDTH(72), .DEPTH(2), .STORAGE("registers"), .ID(3)) fifo_hat_stage_2 (
    .clk, .rst(reset), .in_reserve(1'b0),
    .in_data(hat_stage_2_in_data), .in_valid(hat_stage_2_in_valid), .in_ready(hat_stage_2_in_ready),
    .out_data(hat_stage_2_data), .out_valid(hat_stage_2_valid), .out_ready(hat_stage_2_ready)
  );

  // s19 x 4: Sums and differences over 8 neighbours.
  wire [75:0] hat_stage_3_in_data, hat_stage_3_data;
  wire hat_stage_3_in_valid, hat_stage_3_in_ready, hat_stage_3_in_reserve, hat_stage_3_valid, hat_stage_3_ready;
  fifo #(.WIDTH(76), .DEPTH(2), .STORAGE("registers"), .RESERVED(1'b1), .ID(4)) fifo_hat_stage_3 (
    .clk, .rst(reset), .in_reserve(hat_stage_3_in_reserve),
    .in_data(hat_stage_3_in_data), .in_valid(hat_stage_3_in_valid), .in_ready(hat_stage_3_in_ready),
    .out_data(hat_stage_3_data), .out_valid(hat_stage_3_valid), .out_ready(hat_stage_3_ready)
  );

  hat_lanes u_hat_lanes (
    .clk, .rst(reset), .start(go),
    .done(hat_lanes_done),
    .words,
    .input_data, .input_valid, .input_ready,
    .hat_stage_2_data(hat_stage_2_in_data), .hat_stage_2_valid(hat_stage_2_in_valid), .hat_stage_2_ready(hat_stage_2_in_ready)
  );

  hat_words_1 u_hat_words_1 (
    .clk, .rst(reset), .start(go),
    .done(hat_words_1_done),
    .words,
    .hat_stage_2_data, .hat_stage_2_valid, .hat_stage_2_ready,
    .hat_stage_3_data(hat_stage_3_in_data), .hat_stage_3_valid(hat_stage_3_in_valid), .hat_stage_3_ready(hat_stage_3_in_ready), .hat_stage_3_reserve(hat_stage_3_in_reserve)
  );

  hat_words_2 u_hat_words_2 (
    .clk, .rst(reset), .start(go),
    .done(hat_words_2_done),
    .words,
    .hat_stage_3_data, .hat_stage_3_valid, .hat_stage_3_ready,
    .output_data(output_in_data), .output_valid(output_in_valid), .output_ready(output_in_ready), .output_reserve(output_in_reserve)
  );
endmodule
