// Written by fastmamba.

// A MAT array of 4 x 8.
module fastmamba_multiplier_array (
  input  logic         clk,
  input  logic         rst,
  input  logic         start,  // one cycle; scalars and bases hold from here to the end
  output logic         done,  // high while nothing runs
  input  logic         clear,  // gives up the call; the memory goes on
  output logic [0:0]   errors,  // a bit a port: the memory has answered with an error
  output logic [0:0]   awaiting,  // a bit a port: the memory has not answered yet
  output logic [0:0]   unfinished,  // a bit a process: it runs
  input  logic [3:0]   chunks,  // 0..8: chunks of 8 tokens
  input  logic [6:0]   tokens,  // 0..64: tokens
  input  logic [127:0] weights_data,  // s8 x 16: weight words
  input  logic         weights_valid,
  output logic         weights_ready,
  input  logic [63:0]  input_data,  // s8 x 8: inputs, for every row of tiles again
  input  logic         input_valid,
  output logic         input_ready,
  output logic [127:0] output_data,  // s32 x 4: accumulators
  output logic         output_valid,
  input  logic         output_ready
);

  // A call: 5 cycles until the prologues have settled, then all processes at once.
  wire mat_done;
  assign errors = {1'b0};
  assign awaiting = {1'b0};
  assign unfinished = ~{mat_done};
  // Start and reset go to each process, with the channels that it writes, from a register of its own, and so they do to each AXI master.
  logic [6:0] settling;
  always_ff @(posedge clk)
    if (rst | clear) settling <= '0;
    else settling <= 7'({settling, start});
  wire [1:0] steers;
  register_copies #(.WIDTH(2), .COPIES(1)) steer_processes (
    .clk, .en(1'b1), .in({settling[4], rst | clear}), .out(steers)
  );
  wire go = steers[1];  // all of them see the start
  // What has ended is brought together in two stages. A call can end from the cycle on in which both have seen its start.
  logic [0:0] ends;
  always_ff @(posedge clk) begin
    ends[0] <= mat_done;
  end
  logic busy;
  logic launched;
  wire ended = launched & (&ends);
  always_ff @(posedge clk)
    if (rst | clear | ended) launched <= 1'b0;
    else if (settling[6]) launched <= 1'b1;
  always_ff @(posedge clk)
    if (rst | clear | ended) busy <= 1'b0;
    else if (start) busy <= 1'b1;
  assign done = ~busy;

  // s32 x 4: accumulators
  wire [127:0] output_in_data;
  wire output_in_valid, output_in_ready, output_in_reserve;
  fifo #(.WIDTH(128), .DEPTH(10), .STORAGE("lutram"), .RESERVED(1'b1), .ID(3)) fifo_output (
    .clk, .rst(steers[0]), .in_reserve(output_in_reserve),
    .in_data(output_in_data), .in_valid(output_in_valid), .in_ready(output_in_ready),
    .out_data(output_data), .out_valid(output_valid), .out_ready(output_ready)
  );

  mat u_mat (
    .clk, .rst(steers[0]), .start(go),
    .done(mat_done),
    .chunks,
    .tokens,
    .weights_data, .weights_valid, .weights_ready,
    .input_data, .input_valid, .input_ready,
    .output_data(output_in_data), .output_valid(output_in_valid), .output_ready(output_in_ready), .output_reserve(output_in_reserve)
  );
endmodule
